/**
 * Every kind of problem that a YAML file may have. A code never changes once published: code, tests and scripts hang on
 * it, while the sentences shown to editors may be reworded at any time.
 */
export const problemCodes = {
  // The folders.
  'missing-folder': 'intents/ or knowledge/ is not there',
  'missing-file': 'a file without which nothing starts is not there',
  'ignored-file': 'a file whose name is almost .yaml, and that is not read',
  'unreadable-file':
    'a link that leads nowhere, a folder in the place of a file, no right to read, not UTF-8',
  'unreadable-files': 'the folders could not be read: rights, disk',

  // Syntax: one code for each of the `yaml` package that an editor has met, named after it.
  'yaml-bad-indent': 'a line that is not aligned with its neighbours',
  'yaml-tab-as-indent': 'a tab used to indent',
  'yaml-missing-char': 'a quotation mark, bracket or colon is missing',
  'yaml-duplicate-key': 'the same key twice in one place',
  'yaml-unexpected-token': 'a sign where none may stand',
  'yaml-multiline-implicit-key': 'a sentence taken for a key',
  'yaml-block-as-implicit-key': 'a colon cuts a sentence into key and value',
  'yaml-block-in-flow': 'a list with dashes between brackets',
  'yaml-bad-alias': 'a star begins the sentence',
  'yaml-bad-scalar-start': 'a sign that may not begin a sentence',
  'yaml-bad-dq-escape': 'a backslash between double quotation marks',
  'yaml-tag-resolve-failed': 'an exclamation mark begins the sentence',
  'yaml-alias': 'an anchor (&) or an alias (*): YAML that is right, and that these files never need',
  'yaml-syntax': 'any other syntax error',

  // The shape of one file.
  'unknown-key': 'a key that does not exist here',
  'missing-key': 'a key that must be here',
  'colon-in-sentence': 'a list item read as a map because of its colon',
  'not-a-text': 'a number, a date or a yes where a text must be',
  'wrong-type': 'a list, a map or a text in the place of another',
  'text-too-long': 'more characters than allowed',
  'text-too-short': 'an empty text, or nearly',
  'list-too-long': 'more items than allowed',
  'list-too-short': 'fewer items than needed',
  'bad-format': 'a text that does not follow its pattern: date, identifier, target of a branch',
  'bad-value': 'any other value that does not suit',
  'more-problems': 'the file has so many problems that the others are only counted',

  // What no single file can tell.
  'fiche-without-questions': 'no file of intents/ leads to this fiche',
  'questions-without-fiche': 'no fiche answers these questions',
  'too-few-questions': 'too few questions to learn from',
  'duplicate-question': 'the same question in two places',
  'unknown-theme': 'a theme that messages.yaml does not have',
  'unknown-contact': 'a contact that messages.yaml does not have',
  'unknown-product': 'a product that lexique.yaml does not have',
  'unknown-fiche': 'a fiche that is not there',
  'unknown-step': 'a branch that leads to a step that is not there',
  'unknown-fact': 'a fact that its fiche does not have',
  'unknown-act': 'an act of a message that the code does not know',
  'unknown-slot': 'a slot that profil.yaml does not have',
  'unknown-value': 'a value that the slot of profil.yaml does not have',
  'second-slot': 'a second slot where one decides',
  'missing-slot': 'a slot that the code names and profil.yaml lacks',
  'missing-value': 'a value that the code names and its slot lacks',
  'duplicate-id': 'an identifier given twice in one place',
  'duplicate-word': 'a word that says two values of one slot',
  'duplicate-message': 'a message given as an example of two acts',
  'empty-fiche': 'a fiche that says nothing',
  'missing-sentence': 'a sentence of the assistant that messages.yaml lacks',
  'unknown-sentence': 'a sentence that the assistant never says',
  'unknown-blank': 'a blank that nothing fills in this text',

  // Advice: warnings.
  'few-questions': 'enough questions to start, too few to be well recognised',
  'duplicate-trigger': 'a vague start that calls for two questions',
  'fact-asked-elsewhere':
    'a way of asking a fact that is one of another fiche, or of a fact of another fiche',
  'review-overdue': 'the date before which the fiche had to be read again has passed',
  'review-dates-crossed': 'the fiche was read again after the date of its next reading',
  'link-to-itself': 'a fiche that links to itself',
  'duplicate-link': 'the same link twice',
  'unclosed-bold': '** opened and never closed',
  'unclosed-typed-text': 'a backtick opened and never closed',
  'unpaired-quotes': 'a « or a » alone',
  'shown-markup': 'HTML that would be shown as it is',
  'near-duplicate-question': 'two fiches have nearly the same question',
  'two-spellings': 'one phone number or address written in two ways',
  'lookalike-domain': 'a domain a letter or two away from another',

  // conseillers.yaml.
  'unknown-time-zone': 'a time zone that does not exist',
  'hours-out-of-order': 'opening hours that overlap or go backwards',
  'closure-ends-before-start': 'a closure whose end comes before its start',
  'salon-name-taken': 'two support salons of the same name',
  'salon-for-nobody': 'a support salon that no demande goes to',
} as const;

export type ProblemCode = keyof typeof problemCodes;
