// Read by the design system's script, which comes after: it starts by itself and says nothing in the console.
Object.assign(window, { dsfr: { verbose: false, production: true, mode: 'auto' } });
