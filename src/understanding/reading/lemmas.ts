/**
 * What suffix rules cannot join: the forms of the irregular verbs that questions are made of, elided little words,
 * and tu with vous (the same question, more or less polite). Accents are folded; the first word stands for the line.
 */
const lines = [
  'etre suis es est sommes etes sont etais etait etions etiez etaient ete serai seras sera serons serez seront serais serait soit sois soient',
  'avoir ai as a avons avez ont avais avait aviez avaient eu aura aurai aurez auront aurais aurait auriez ait aie aient',
  'pouvoir peux peut pouvons pouvez peuvent pouvais pouvait pu puis puisse puissions puissent pourrai pourra pourrez pourrais pourrait pourrions pourriez',
  'vouloir veux veut voulons voulez veulent voulais voulait voudrais voudrait voudrions voudriez veuille veuillez',
  'devoir dois doit devons devez doivent devais devait devrais devrait devrions devriez devra devrai devrez',
  'faire fais fait faisons faites font faisais faisait fera ferai ferez ferais ferait fasse faite faits',
  'aller vais vas va allons allez vont allais allait irai ira irez irais aille',
  'savoir sais sait savons savez savent savais savait saurai saurais sache su',
  'falloir faut fallait faudra faudrait',
  'venir viens vient venons venez viennent venais venait viendra viendrai viendrait venu venue vienne',
  'tenir tiens tient tenez tiennent tenu',
  'voir vois voit voyons voyez voient voyais vu vue verrai verrez',
  'dire dis dit disons dites disent disait dirai dite',
  'mettre mets met mettons mettez mettent mis mise mettais mettrai',
  'prendre prends prend prenons prenez prennent pris prise prendrai',
  'recevoir recois recoit recevons recevez recoivent recu recue recus recevrai',
  'ouvrir ouvre ouvres ouvrez ouvrent ouvert ouverte ouvrira',
  'perdre perds perd perdez perdent perdu perdue',
  'attendre attends attend attendez attendent attendu',
  'repondre reponds repond repondez repondent repondu',
  'ecrire ecris ecrit ecrivez ecrivent',
  'lire lis lit lisez lisent lu',
  'vous tu te toi t',
  'votre ton ta tes vos',
  'je j',
  'le l la les',
  'de d du des',
  'ne n',
  'se s',
  'que qu',
  'ce c ca cela cet cette',
  'me m moi',
  'mon ma mes',
  'son sa ses',
  'notre nos',
  'un une',
];

export const lemmas: ReadonlyMap<string, string> = new Map(
  lines.flatMap((line) => {
    const [lemma = '', ...forms] = line.split(' ');
    return [lemma, ...forms].map((form) => [form, lemma] as const);
  }),
);
