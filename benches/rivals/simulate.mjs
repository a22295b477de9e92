// @cloud-copilot/iam-simulate's side of `run.py`: reads scenarios as `bailiwick simulate --batch` takes them, one a
// line, writes what it decides. NODE_MODULES names the folder the package is installed in.

import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.env.NODE_MODULES + '/')
const { runSimulation } = require('@cloud-copilot/iam-simulate')

const words = { Allowed: 'allowed', ExplicitlyDenied: 'explicitly_denied', ImplicitlyDenied: 'implicitly_denied' }
const text = (value) => (Array.isArray(value) ? value.map(String) : String(value))

function simulation({ request, policies }) {
  const account = request.principal.split(':')[4]
  const context = Object.entries(request.context ?? {}).map(([key, value]) => [key, text(value)])
  return {
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource_account ?? account },
      contextVariables: Object.fromEntries(context)
    },
    identityPolicies: policies.identity.map((policy, i) => ({ name: `p${i}`, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const scenario = JSON.parse(line)
  const began = performance.now()
  const found = await runSimulation(simulation(scenario), {})
  const ms = performance.now() - began
  const decision = found.resultType === 'error' ? `error: ${found.errors.message}` : words[found.overallResult]
  const ignored = found.result?.ignoredContextKeys ?? []
  console.log(JSON.stringify({ id: scenario.id, decision, ms: Math.round(ms * 1000) / 1000, ignored }))
}
