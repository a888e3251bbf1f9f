/** Pairs of the corpus that are not reached, by id, each with what stands in the way. */
const KNOWN_PAIRS: ReadonlyMap<string, string> = new Map([
  ['pg-schema-diff/database_schema_source/Drop_partitioned_table_Add_partitioned_table_with_local_keys',
    'a partition that is made and then attached keeps connoinherit on its key, as after pg_dump and restore; the server gives it no meaning there'],
  ['pg-schema-diff/partitioned_index/Add_unique_constraint_to_partition_using_existing_index',
    'the server has no way to take a key of a partition from the key of the parent that it is attached to'],
  ['pg-schema-diff/partitioned_table/Can_handle_scenario_where_partition_is_not_attached',
    'a table that joins with two equal indexes: the server attaches the older one, and the plan does not build that one anew yet'],
])

/** What is known of a pair that failed, for the run's output. */
export const knownPair = (id: string): string => KNOWN_PAIRS.get(id) ?? 'not known before'
