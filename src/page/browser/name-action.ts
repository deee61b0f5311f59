import type { AuditView } from '../page-view.ts';

const names: Readonly<Record<AuditView[number]['action'], string>> = {
  entered: 'Entrée dans la page',
  'fiche-saved': 'Fiche enregistrée',
  'fiche-added': 'Fiche ajoutée',
  'fiche-renamed': 'Fiche renommée',
  'fiche-disabled': 'Fiche retirée du service',
  'fiche-enabled': 'Fiche remise en service',
  'fiche-deleted': 'Fiche supprimée',
  'save-undone': 'Enregistrement annulé',
  'question-adopted': 'Question adoptée',
  'question-out-of-scope': 'Question mise hors sujet',
  'question-dismissed': 'Question écartée',
  'upgrade-settled': 'Mise à jour relue',
  'incident-opened': 'Incident annoncé',
  'incident-ended': 'Incident terminé',
};

export function nameAction(action: AuditView[number]['action']): string {
  return names[action];
}
