// Settings for the design system's script, which is loaded after this one: start by itself, stay silent in the console.
Object.assign(window, { dsfr: { verbose: false, production: true, mode: 'auto' } });
