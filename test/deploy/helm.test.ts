import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { projectRoot } from '../../src/knowledge/project-root.ts';

/** Another place than the PATH may be given: HELM=/chemin/vers/helm. */
const helm = process.env['HELM'] ?? 'helm';
const chart = join(projectRoot, 'deploy/helm/assistant-teletravail');
const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');
const hasHelm = spawnSync(helm, ['version']).status === 0;
if (!hasHelm)
  console.warn(
    '\n⚠ Test de la charte Helm laissé de côté : pas de helm ici (go install helm.sh/helm/v3/cmd/helm@v3.22.0).\n',
  );

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, never>>;
}

function render(...settings: readonly string[]): Map<string, Resource> {
  const args = settings.flatMap((setting) => ['--set', setting]);
  const { status, stdout, stderr } = spawnSync(helm, ['template', 'essai', chart, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const documents = parseAllDocuments(stdout)
    .map((document) => document.toJS() as Resource | null)
    .filter((document) => document !== null);
  return new Map(documents.map((document) => [document.kind, document]));
}

describe.skipIf(!hasHelm)('the Helm chart', () => {
  test('is as helm wants it', () => {
    const { status, stdout } = spawnSync(helm, ['lint', '--strict', chart], { encoding: 'utf8' });
    expect(stdout).toContain('0 chart(s) failed');
    expect(status).toBe(0);
  });

  test('two instances, each with a volume of its own, never on one node, ready when they follow', () => {
    const set = render().get('StatefulSet') as unknown as {
      spec: {
        replicas: number;
        volumeClaimTemplates: unknown[];
        template: {
          spec: {
            affinity: { podAntiAffinity: object };
            containers: {
              env: { name: string }[];
              readinessProbe: object;
              livenessProbe: object;
              securityContext: object;
            }[];
          };
        };
      };
    };
    expect(set.spec.replicas).toBe(2);
    expect(set.spec.volumeClaimTemplates).toHaveLength(1);
    const { affinity, containers } = set.spec.template.spec;
    expect(affinity.podAntiAffinity).toHaveProperty('requiredDuringSchedulingIgnoredDuringExecution');
    const [container] = containers;
    expect(container?.readinessProbe).toMatchObject({ httpGet: { path: '/readyz' } });
    expect(container?.livenessProbe).toMatchObject({ httpGet: { path: '/healthz' } });
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    const names = container?.env.map(({ name }) => name) ?? [];
    expect(names).toContain('STANDBY_URL_FILE');
    expect(names.filter((name) => !example.includes(`# ${name}=`))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('ACCESS_TOKEN_FILE');
    const withPassword = JSON.stringify(render('botUser=@bot:ici.fr').get('StatefulSet'));
    expect(withPassword).toContain('"@bot:ici.fr"');
    expect(withPassword).toContain('BOT_PASSWORD_FILE');
    expect(withPassword).not.toContain('ACCESS_TOKEN_FILE');
  });

  test('a disruption budget for several, none for one; rules of the network; what Prometheus is told when asked', () => {
    expect([...render().keys()].sort()).toEqual([
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'StatefulSet',
    ]);
    expect(render('replicas=1').has('PodDisruptionBudget')).toBe(false);
    const monitored = render('monitoring.enabled=true', 'supportFile=delais: {}');
    expect([...monitored.keys()]).toEqual(
      expect.arrayContaining(['ServiceMonitor', 'PrometheusRule', 'ConfigMap']),
    );
    const rules = JSON.stringify(monitored.get('PrometheusRule'));
    const metrics = readFileSync(join(projectRoot, 'src/operations/metrics.ts'), 'utf8');
    const named = [...rules.matchAll(/assistant_[a-z_]+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !metrics.includes(name))).toEqual([]);
  });
});
