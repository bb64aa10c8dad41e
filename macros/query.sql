{#- A select of metrics over the cohorts, or over the ledger where they are about single customers, for models and analyses of your own:

        {{ rollforward.query(metrics=['net_expansion_rate'], book='recurring_revenue', comparison='trailing_12_months', by=['plan']) }}

    `book` and `comparison` take one name or a list (each is a column, so they are never mixed); `by` are attributes,
    `where` is SQL over them, in the words of your database. Periods that are not complete are left out unless incomplete_periods='include'. -#}
{% macro query(metrics, book, comparison, by=[], where=none, incomplete_periods='exclude') %}
{%- do rollforward.check_query(metrics, book, comparison, by, where, incomplete_periods) -%}
{%- set keys = ['book', 'comparison', 'period_start', 'period_end', 'is_complete'] + rollforward.as_list(by) -%}
select
    {{ keys | join(",\n    ") }}
    {%- for metric in rollforward.as_list(metrics) %},
    {{ rollforward.metric_macro(metric)() | trim }} as {{ metric }}
    {%- endfor %}
{% if rollforward.metric_over(rollforward.as_list(metrics)[0]) == 'the ledger' -%}
from {{ ref('rollforward', 'rollforward__customer_movements') }}
{%- else -%}
from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
{%- endif %}
where
    book in ('{{ rollforward.as_list(book) | join("', '") }}')
    and comparison in ('{{ rollforward.as_list(comparison) | join("', '") }}')
    {%- if incomplete_periods == 'exclude' %}
    and is_complete
    {%- endif %}
    {%- if where %}
    and ({{ where }})
    {%- endif %}
group by {{ keys | join(", ") }}
{%- endmacro %}


{#- The macro of a metric: the project's own, or the package's; none when there is no such metric. dbt v2 has a macro of any
    name when it is asked for one of the root project; there a missing one is dbt's own error. -#}
{% macro metric_macro(name) %}
    {%- set own = context[project_name] if context.get(project_name) is not none else {} -%}
    {%- set tells = own.get('no macro is called this') is none -%}
    {%- if tells and rollforward.is_of_metrics(own.get(name)) -%}{{ return(own[name]) }}{%- endif -%}
    {%- if rollforward.is_of_metrics(rollforward[name]) -%}{{ return(rollforward[name]) }}{%- endif -%}
    {{ return(none if tells or name.endswith('__over') else own[name]) }}
{% endmacro %}


{#- Whether a metric has this name; with two underscores, macros beside a metric's have theirs. -#}
{% macro is_metric(name) %}{{ return('__' not in name and rollforward.metric_macro(name) is not none) }}{% endmacro %}


{#- Whether a macro is there, and in a folder of metrics, where generated ones go. dbt v2 does not say where a macro is. -#}
{% macro is_of_metrics(found) %}
    {%- if found is undefined or found is none -%}{{ return(false) }}{%- endif -%}
    {%- set path = found.macro.original_file_path if found.macro is defined and found.macro.original_file_path is defined else none -%}
    {{ return(path is none or 'metrics' in path.replace('\\', '/').split('/')) }}
{% endmacro %}


{#- What a metric is worked out over, as its macro file says; the cohorts where it says nothing. -#}
{% macro metric_over(name) %}
    {%- set over = rollforward.metric_macro(name ~ '__over') -%}
    {{ return('the cohorts' if over is none else over() | trim) }}
{% endmacro %}


{#- Whether SQL denies something without a word about values that are missing, which are a group of their own here. -#}
{% macro drops_what_is_missing(where) %}
    {%- set words = modules.re.sub("'[^']*'", "''", where) | lower -%}
    {%- set denies = modules.re.search('<>|!=|\\bnot\\b', modules.re.sub('\\bis\\s+not\\s+null\\b', '', words)) -%}
    {%- set speaks_of_missing = modules.re.search('\\bis\\s+(not\\s+)?null\\b|\\bcoalesce\\b|\\bis\\s+(not\\s+)?distinct\\s+from\\b', words) -%}
    {{ return(denies is not none and speaks_of_missing is none) }}
{% endmacro %}


{#- Stop with one message when a query names what does not exist. -#}
{% macro check_query(metrics, book, comparison, by, where, incomplete_periods) %}
    {%- set problems = [] -%}
    {%- for what, given in {'metrics': metrics, 'book': book, 'comparison': comparison, 'by': by}.items() -%}
        {%- set names = rollforward.as_list(given) -%}
        {%- if not names and what != 'by' -%}
            {%- do problems.append(what ~ " is empty: name at least one") -%}
        {%- endif -%}
        {%- for name in names | unique if names.count(name) > 1 -%}
            {%- do problems.append(what ~ " '" ~ name ~ "' is listed twice") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name in rollforward.as_list(metrics) | unique if not rollforward.is_metric(name) -%}
        {%- do problems.append("metric '" ~ name ~ "' is not defined: no metrics/*.yml has it under this name, or `rollforward compile` has not run since") -%}
    {%- endfor -%}
    {%- set of = {} -%}
    {%- for name in rollforward.as_list(metrics) | unique if rollforward.is_metric(name) -%}
        {%- set over = rollforward.metric_over(name) -%}
        {%- if over == 'several periods' -%}
            {%- do problems.append("metric '" ~ name ~ "' is worked out over several periods, which takes more than one select: publish it in a view under metrics/, and select from that") -%}
        {%- else -%}
            {%- do of.setdefault(over, []).append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if of | length > 1 -%}
        {%- do problems.append(of['the ledger'] | join(', ') ~ " are worked out over the ledger and " ~ of['the cohorts'] | join(', ') ~ " over the cohorts: ask for them in two queries, or publish a view under metrics/, which gives both") -%}
    {%- endif -%}
    {%- set books = {} -%}
    {%- for known in rollforward.books() -%}{%- do books.update({known.name: known}) -%}{%- endfor -%}
    {%- for name in rollforward.as_list(book) -%}
        {%- if name not in books -%}
            {%- do problems.append("book '" ~ name ~ "' is not one of " ~ books.keys() | join(', ')) -%}
        {%- else -%}
            {%- for given in rollforward.as_list(comparison) if given not in books[name].comparisons -%}
                {%- do problems.append("comparison '" ~ given ~ "' is not one that book " ~ name ~ " has: " ~ books[name].comparisons | join(', ')) -%}
            {%- endfor -%}
            {%- for attribute in rollforward.as_list(by) if attribute not in books[name].attributes -%}
                {%- do problems.append("by '" ~ attribute ~ "' is not an attribute of book " ~ name ~ ": " ~ books[name].attributes | join(', ') ~ "; by a dimension slice views and `rollforward query`") -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if where and rollforward.drops_what_is_missing(where) -%}
        {%- do problems.append("where \"" ~ where ~ "\": rows without a value are neither equal to another nor different, so that SQL drops them; say what becomes of them, as in coalesce(plan, '') <> 'internal'") -%}
    {%- endif -%}
    {%- if incomplete_periods not in ['exclude', 'include'] -%}
        {%- do problems.append("incomplete_periods '" ~ incomplete_periods ~ "' is not one of exclude, include") -%}
    {%- endif -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error("rollforward.query cannot be answered:\n  - " ~ problems | join("\n  - ")) }}
    {%- endif -%}
{% endmacro %}
