import { quoteLiteral } from "./connect.ts";
import { hashOf } from "./hash-of.ts";
import { isSchema } from "./objects.ts";

/** Of everything that belongs to a table: nothing that grows or moves with its rows. */
export function tableParts(schema: string): string[] {
  const base = `table_name IN (SELECT table_name FROM information_schema.tables
    WHERE ${isSchema("table_schema", schema)} AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED'))`;
  const on = (name: string, table: string) => `CONCAT(${name}, ' ON ', ${table}), ${table}`;
  return [tables(schema), columns(schema, base, on), indexes(schema, on), ...keys(schema, on)];
}

type Named = (name: string, table: string) => string;

function tables(schema: string): string {
  const each = ["partition_method", "partition_expression", "subpartition_method"];
  const divided = [...each, "subpartition_expression", "partition_name", "partition_description"];
  return `SELECT 'tables', t.table_name, NULL, ${hashOf([
    ...["t.table_type", "t.engine", "t.table_collation", "t.create_options", "t.table_comment"],
    "d.partitions",
  ])} FROM information_schema.tables t LEFT JOIN (
      SELECT table_name, MD5(GROUP_CONCAT(${hashOf([...divided, "subpartition_name"])}
        ORDER BY partition_ordinal_position, subpartition_ordinal_position)) AS partitions
      FROM information_schema.partitions
      WHERE ${isSchema("table_schema", schema)} AND partition_name IS NOT NULL GROUP BY table_name
    ) d ON d.table_name = t.table_name
    WHERE ${isSchema("t.table_schema", schema)} AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')`;
}

function columns(schema: string, base: string, on: Named): string {
  return `SELECT 'columns', ${on("column_name", "table_name")}, ${hashOf([
    ...["column_type", "is_nullable", "column_default", "collation_name", "extra"],
    ...["generation_expression", "column_comment"],
  ])} FROM information_schema.columns WHERE ${isSchema("table_schema", schema)} AND ${base}`;
}

function indexes(schema: string, on: Named): string {
  const part = hashOf(["column_name", "sub_part", "collation"]);
  return `SELECT 'indexes', ${on("index_name", "table_name")}, ${hashOf([
    ...["MAX(non_unique)", "MAX(index_type)", "MAX(index_comment)", "MAX(ignored)"],
    `GROUP_CONCAT(${part} ORDER BY seq_in_index)`,
  ])} FROM information_schema.statistics WHERE ${isSchema("table_schema", schema)}
    GROUP BY table_name, index_name`;
}

function keys(schema: string, on: Named): string[] {
  const columnsOfKey = hashOf(["column_name", "referenced_column_name"]);
  return [
    `SELECT 'foreignKeys', ${on("r.constraint_name", "r.table_name")}, ${hashOf([
      ...["r.update_rule", "r.delete_rule", "r.match_option", "r.referenced_table_name"],
      `NULLIF(r.unique_constraint_schema, ${quoteLiteral(schema)})`,
      "k.columns",
    ])} FROM information_schema.referential_constraints r JOIN (
      SELECT constraint_name, table_name,
        GROUP_CONCAT(${columnsOfKey} ORDER BY ordinal_position) AS columns
      FROM information_schema.key_column_usage
      WHERE ${isSchema("table_schema", schema)} AND referenced_table_name IS NOT NULL
      GROUP BY constraint_name, table_name
    ) k ON k.constraint_name = r.constraint_name AND k.table_name = r.table_name
    WHERE ${isSchema("r.constraint_schema", schema)}`,
    `SELECT 'checks', ${on("constraint_name", "table_name")}, ${hashOf(["level", "check_clause"])}
     FROM information_schema.check_constraints WHERE ${isSchema("constraint_schema", schema)}`,
  ];
}
