import type { ScenarioName } from '../settings.ts'
import type { Scenario } from './scenario.ts'

/** Every scenario, in the order of measuring. */
export async function loadScenario(name: ScenarioName): Promise<Scenario> {
  const module = (await import(`../scenarios/${name}.ts`)) as { default: Scenario }
  return module.default
}
