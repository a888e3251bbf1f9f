import type {
  AggregateRow, CollationRow, ColumnCommentRow, ColumnsRow, ConstraintRow, DefaultPrivilegeRow, DefinedRow, EventTriggerRow, ExtensionRow, IndexRow, InheritsRow,
  MemberRow, NameRow, NamespaceRow, NeedRow, NotNullRow, OpclassRow, OutsideRow, PolicyRow, PublicationRow, RangeRow, RelationRow, RoutineRow,
  SequenceRow, ServerRow, StatisticsRow, SubscriptionRow, TypeRow, UnsupportedRow, UserMappingRow, WrapperRow,
} from './rows.ts'

/** All that the one statement brings. */
export interface Catalogue {
  readonly relations: readonly RelationRow[]
  readonly columns: readonly ColumnsRow[]
  readonly columnComments: readonly ColumnCommentRow[]
  readonly inherits: readonly InheritsRow[]
  readonly constraints: readonly ConstraintRow[]
  readonly notNulls: readonly NotNullRow[]
  readonly indexes: readonly IndexRow[]
  readonly triggers: readonly DefinedRow[]
  readonly rules: readonly DefinedRow[]
  readonly policies: readonly PolicyRow[]
  readonly outside: readonly OutsideRow[]
  readonly opclasses: readonly OpclassRow[]
  readonly collationNames: readonly NameRow[]
  readonly namespaceList: readonly NamespaceRow[]
  readonly types: readonly TypeRow[]
  readonly ranges: readonly RangeRow[]
  readonly sequences: readonly SequenceRow[]
  readonly routines: readonly RoutineRow[]
  readonly aggregates: readonly AggregateRow[]
  readonly statistics: readonly StatisticsRow[]
  readonly collations: readonly CollationRow[]
  readonly needs: readonly NeedRow[]
  readonly extensions: readonly ExtensionRow[]
  readonly eventTriggers: readonly EventTriggerRow[]
  readonly publications: readonly PublicationRow[]
  readonly subscriptions: readonly SubscriptionRow[]
  readonly wrappers: readonly WrapperRow[]
  readonly servers: readonly ServerRow[]
  readonly userMappings: readonly UserMappingRow[]
  readonly members: readonly MemberRow[]
  readonly unsupported: readonly UnsupportedRow[]
  readonly defaultPrivileges: readonly DefaultPrivilegeRow[]
}
