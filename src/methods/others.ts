import type { Finding, Probe, Session } from '../dialects/dialect.ts'
import type { App } from '../survey/context.ts'
import { describeLedger, readOthers, takenOver } from '../takeover/read.ts'
import { TOOLS } from '../takeover/tools.ts'

/** What `doctor` says of the ledgers of other migration tools. */
export async function findOthers(app: App, session: Session, probe: Probe): Promise<readonly Finding[]> {
  const { scope } = await app.declared()
  return (await readOthers(session, app.dialect, scope)).flatMap((ledger): readonly Finding[] => {
    const topic = 'other tool'
    const told = describeLedger(ledger)
    const command = `Stop running ${TOOLS[ledger.tool].command}.`
    const first: Record<ReturnType<typeof takenOver>, Finding> = {
      no: { level: 'info', topic, message: told, hint: `\`trueup baseline\` takes it over. ${command}` },
      yes: { level: 'ok', topic, message: `${told} It was taken over.` },
      moved: { level: 'warning', topic, message: `${told} It has run since it was taken over: two tools change this database.`, hint: `${command} \`trueup baseline\` then takes over what it did.` },
    }
    const open: Finding = {
      level: 'warning', topic, message: `${ledger.title} left unfinished: ${ledger.unfinished.join(', ')}.`,
      hint: 'Look at what it did before you go on: trueup compares the database with the models, whatever that ledger says.',
    }
    const locked: Finding = { level: 'warning', topic, message: `The lock of ${ledger.title} is taken: it is running now, or died.`, hint: 'Wait until it is done. After a crash the row stays; trueup does not mind it.' }
    return [first[takenOver(ledger, probe.ledger?.state)], ...(ledger.unfinished.length === 0 ? [] : [open]), ...(ledger.locked ? [locked] : [])]
  })
}
