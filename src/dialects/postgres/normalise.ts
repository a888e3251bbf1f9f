import type { NormaliseRequest, Normalised, Session } from '../dialect.ts'
export async function normalise(_session: Session, request: NormaliseRequest): Promise<Normalised> {
  const live = new Map(request.live.table.map((t) => [t.schema + '.' + t.name, t]))
  const table = request.declared.table.map((t) => { const l = live.get(t.schema + '.' + t.name); return l ? { ...t, columns: t.columns.map((c) => { const lc = l.columns.find((x) => x.name === c.name); return lc ? { ...c, type: lc.type, default: lc.default } : c }) } : t })
  return { schema: { ...request.declared, table }, incomparable: [], problems: [] }
}
