{#- Words that SQL already uses, on one engine or another: no column can have such a name without quotes. -#}
{% macro sql_words() %}
    {{ return('
all alter and any array as asc assert asymmetric at authorization between binary both by case cast check
collate column connect constraint contains create cross cube current current_catalog current_date
current_role current_schema current_time current_timestamp current_user database date default deferrable
define delete desc describe distinct drop else end enum escape except exclude exists explain extract false
fetch filter following for foreign freeze from full grant group grouping groups hash having if ignore ilike
in increment initially inner insert intersect interval into is isnull join lateral leading left like limit
localtime localtimestamp lookup merge minus month natural new no not notnull null nulls of off offset on
only or order outer over overlaps partition pivot placing preceding primary proto qualify range recursive
references regexp respect returning revoke right rlike rollup row rows sample schema select session_user set
some start struct symmetric table tablesample then time timestamp to top trailing treat trigger true
truncate unbounded union unique unnest unpivot update user using values variadic view when where window with
within
'.split()) }}
{% endmacro %}
