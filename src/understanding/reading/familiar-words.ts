/**
 * Clipped and familiar words beside the plain word that a colleague would write: French in general, nothing of one
 * trade (that is what intents/lexique.yaml is for). Accents are folded; the first word stands for the line.
 */
const lines = [
  'ordinateur ordi ordis ordinateurs',
  'application appli applis app applications',
  'information info infos informations',
  'professionnel pro pros professionnelle professionnels professionnelles',
  'personnel perso persos personnelle personnels personnelles',
  'disponible dispo dispos disponibles',
  'manipulation manip manips manipulations',
  'configuration config configurations',
  'documentation doc docs',
  'television tele',
  'photographie photo photos',
  'professeur prof profs professeurs',
  'restaurant resto restos restau restaurants',
  'appartement appart appartements',
  'maison domicile baraque',
  'voiture bagnole vehicule auto voitures',
  'travail boulot taf job turbin bosser bosse bossons bossez travailler travaille travaillez',
  'patron boss employeur',
  'argent fric thune sous',
  'medecin toubib docteur',
  'hopital hosto hopitaux',
  'nourriture bouffe aliments alimentation',
  'manger bouffer mange mangez',
  'enfant gosse gosses gamin gamins gamine mome momes fils fille garcon enfants',
  'ami pote potes copain copains copine copines amis amie',
  'chose truc trucs choses',
  'regarder mater',
  'casser niquer bousiller casse bousille',
  'probleme souci soucis problemes tracas',
  'erreur bug bugs bogue erreurs',
  'peur trouille',
  'ennuyeux chiant barbant relou penible',
  'fou dingue folie',
  'beau mignon joli belle jolie beaute magnifique',
  'fatigue creve naze',
  'content ravi heureux heureuse contente',
  'courriel mail mails email emails courriels mel',
  'vacances conge conges',
];

/** Folded word → the plain word of its line. */
export const familiarWords: ReadonlyMap<string, string> = new Map(
  lines.flatMap((line) => {
    const words = line.split(' ');
    return words.map((word) => [word, words[0] ?? word] as const);
  }),
);
