{#- Stop with one message that lists everything wrong with the settings, each with what is allowed. -#}
{% macro check_settings() %}
    {%- set problems = [] -%}
    {%- set scoped = var('rollforward', {}) or {} -%}
    {%- do rollforward.check_keys(problems, 'rollforward', scoped, rollforward.setting_defaults().keys() | list, []) -%}
    {%- if scoped is mapping and scoped and 'books' not in scoped and var('books', none) is mapping -%}
        {%- do problems.append("rollforward: --vars takes the place of all settings of dbt_project.yml, not of one; to build as of another day, use --vars '{rollforward_as_of_date: YYYY-MM-DD}'") -%}
    {%- endif -%}
    {#- Vars of other names are somebody else's; one that begins like ours is ours misspelt, and would build as of the wrong day. -#}
    {%- for name in (invocation_args_dict or {}).get('vars') or {} if name.startswith('rollforward_as') and name != 'rollforward_as_of_date' -%}
        {%- do problems.append("--vars: '" ~ name ~ "' is not rollforward_as_of_date") -%}
    {%- endfor -%}
    {%- set books = rollforward.setting('books') or {} -%}
    {%- set declared = rollforward.setting('comparisons') or {} -%}
    {%- if rollforward.setting('reactivation') not in ['own', 'new'] -%}
        {%- do problems.append("reactivation: '" ~ rollforward.setting('reactivation') ~ "' is not one of own, new") -%}
    {%- endif -%}
    {%- if rollforward.setting('fiscal_year_start_month') not in range(1, 13) -%}
        {%- do problems.append("fiscal_year_start_month: '" ~ rollforward.setting('fiscal_year_start_month') ~ "' is not a month, 1 to 12") -%}
    {%- endif -%}
    {%- if rollforward.setting('amount_scale') not in range(0, 10) -%}
        {%- do problems.append("amount_scale: '" ~ rollforward.setting('amount_scale') ~ "' is not a number of decimals, 0 to 9") -%}
    {%- endif -%}
    {%- if rollforward.setting('rebuild_above_percent') not in range(0, 101) -%}
        {%- do problems.append("rebuild_above_percent: '" ~ rollforward.setting('rebuild_above_percent') ~ "' is not a percentage, 0 to 100") -%}
    {%- endif -%}
    {%- do rollforward.check_day(problems, 'as_of_date', rollforward.setting('as_of_date')) -%}
    {%- if declared is not mapping -%}
        {%- do problems.append("comparisons: must be a mapping of names to {grain, lookback, periods_summed}") -%}
    {%- else -%}
        {%- for name, given in declared.items() -%}{%- do rollforward.check_comparison(problems, name, given) -%}{%- endfor -%}
    {%- endif -%}
    {%- if books is not mapping -%}
        {%- do problems.append("books: must be a mapping of book names to their settings") -%}
    {%- elif declared is mapping -%}
        {%- set spelled = {} -%}
        {%- for name, given in books.items() -%}
            {%- do rollforward.check_book(problems, name, given) -%}
            {%- if spelled.setdefault(name | string | lower, name) != name -%}
                {%- do problems.append("books." ~ name ~ ": only capitals tell it from '" ~ spelled[name | string | lower] ~ "'; choose another name") -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not problems -%}{%- do rollforward.check_spellings(problems) -%}{%- endif -%}
    {%- do rollforward.refuse_settings(problems) -%}
{% endmacro %}


{% macro refuse_settings(problems) %}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error("rollforward's vars cannot be used:\n  - " ~ problems | join("\n  - ")) }}
    {%- endif -%}
{% endmacro %}


{#- Keys of `given` that are not allowed, and required ones that are missing. -#}
{% macro check_keys(problems, where, given, allowed, required) %}
    {%- if given is not mapping -%}
        {%- do problems.append(where ~ ": must be a mapping, with the keys " ~ allowed | join(', ')) -%}
    {%- else -%}
        {%- for key in given.keys() if key not in allowed -%}
            {%- do problems.append(where ~ ": unknown key '" ~ key ~ "'; allowed are " ~ allowed | join(', ')) -%}
        {%- endfor -%}
        {%- for key in required if given.get(key) is none or given.get(key) == [] -%}
            {%- do problems.append(where ~ ": '" ~ key ~ "' is missing; required are " ~ required | join(', ')) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{% macro check_comparison(problems, name, given) %}
    {%- set where = 'comparisons.' ~ name -%}
    {%- if not rollforward.is_given_name(name) -%}
        {%- do problems.append(where ~ ": a comparison's name is letters, digits and _, no digit first; in quotes where YAML takes it for something else") -%}
    {%- endif -%}
    {%- do rollforward.check_keys(problems, where, given, ['grain', 'lookback', 'periods_summed'], ['grain', 'lookback']) -%}
    {%- if name in rollforward.standard_comparisons() -%}
        {%- do problems.append(where ~ ": every book has this comparison; declare yours under another name") -%}
    {%- endif -%}
    {%- if given is mapping -%}
        {%- if given.get('grain') is not none and (given.grain is not string or given.grain not in rollforward.grains()) -%}
            {%- do problems.append(where ~ ".grain: '" ~ given.grain ~ "' is not one of " ~ rollforward.grains().keys() | join(', ')) -%}
        {%- endif -%}
        {%- for key in ['lookback', 'periods_summed'] if given.get(key) is not none -%}
            {%- if given[key] is not integer or given[key] < 1 or given[key] > 99 -%}
                {%- do problems.append(where ~ "." ~ key ~ ": '" ~ given[key] ~ "' is not a whole number of periods, 1 to 99") -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{% macro check_book(problems, name, given) %}
    {%- set where = 'books.' ~ name -%}
    {%- set shapes = rollforward.shapes() -%}
    {%- set shape = given.get('shape') if given is mapping else none -%}
    {%- if not rollforward.is_given_name(name) -%}
        {%- do problems.append(where ~ ": a book's name is letters, digits and _, no digit first; in quotes where YAML takes it for something else") -%}
    {%- endif -%}
    {%- if given is not mapping -%}
        {%- do problems.append(where ~ ": must be a mapping with the keys relation, shape, unit, amount and its dates, not '" ~ given ~ "'") -%}
    {%- elif shape is not string or shape not in shapes -%}
        {%- do problems.append(where ~ ".shape: '" ~ shape ~ "' is not one of " ~ shapes.keys() | join(', ')) -%}
    {%- else -%}
        {%- set dates = [shapes[shape].dated] + ([shapes[shape].ended] if shapes[shape].ended else []) -%}
        {%- set required = ['relation', 'shape', 'unit', 'amount', shapes[shape].dated] -%}
        {%- set allowed = ['relation', 'shape', 'unit', 'amount'] + dates + ['attributes', 'key', 'comparisons', 'as_of_date'] -%}
        {%- do rollforward.check_keys(problems, where ~ ' (' ~ shape ~ ')', given, allowed, required) -%}
        {%- do rollforward.check_day(problems, where ~ '.as_of_date', given.get('as_of_date')) -%}
        {%- set before = problems | length -%}
        {%- do rollforward.check_texts(problems, where, given, ['relation', 'amount'] + dates, ['unit', 'attributes', 'key', 'comparisons']) -%}
        {%- if problems | length == before -%}
            {%- for comparison in rollforward.as_list(given.get('comparisons')) if comparison not in rollforward.comparisons() -%}
                {%- do problems.append(where ~ ".comparisons: '" ~ comparison ~ "' is not one of " ~ rollforward.comparisons().keys() | join(', ')) -%}
            {%- endfor -%}
            {%- if not rollforward.is_relation(given.relation) -%}
                {%- do problems.append(where ~ ".relation: '" ~ given.relation ~ "' is no relation of a dbt project; write model, package.model, ref('model') or source('source', 'table')") -%}
            {%- endif -%}
            {%- do rollforward.check_attributes(problems, where, given) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- Keys of `given` that hold something other than a name: `single` ones one name, `listed` ones one or a list. -#}
{% macro check_texts(problems, where, given, single, listed) %}
    {%- for key in single if given.get(key) is not none and given[key] is not string -%}
        {%- do problems.append(where ~ "." ~ key ~ ": '" ~ given[key] ~ "' is not a name; write it in quotes if it is one") -%}
    {%- endfor -%}
    {%- for key in listed if given.get(key) is not none and given[key] is not string -%}
        {%- if given[key] is mapping or given[key] is not iterable -%}
            {%- do problems.append(where ~ "." ~ key ~ ": '" ~ given[key] ~ "' is not a name or a list of names") -%}
        {%- else -%}
            {%- for name in given[key] if name is not string -%}
                {%- do problems.append(where ~ "." ~ key ~ ": '" ~ name ~ "' is not a name; write it in quotes if it is one") -%}
            {%- endfor -%}
            {%- for name in given[key] | unique if (given[key] | list).count(name) > 1 -%}
                {%- do problems.append(where ~ "." ~ key ~ ": '" ~ name ~ "' is listed twice") -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{#- An attribute becomes a column of the cohorts and of the ledger, and travels beside those of every
    model before them, so it cannot have the name of one of theirs, in small letters or capital ones: most engines take
    `Unit` and `unit` for one column. Measures end in _revenue or _customers, and two underscores mark what is made of an
    attribute. -#}
{% macro reserved_columns() %}
    {{ return([
        'book', 'comparison', 'period_start', 'period_end', 'is_complete',
        'unit', 'movement', 'starting_amount', 'ending_amount', 'tenure_months',
        'shape', 'raw_unit', 'raw_date', 'raw_end', 'raw_amount', 'dated_given', 'dated_on', 'ended_given', 'ended_on', 'amount_given', 'exact_amount', 'amount',
        'row_key', 'reason', 'month_index', 'until_month', 'last_snapshot_of_month', 'series_id', 'unit_id',
        'given_set', 'attribute_set', 'net_amount', 'from_period', 'until_period', 'first_period', 'window_id',
        'lacks_unit', 'first_day', 'last_day', 'build', 'previous_build', 'settings',
        'row_count', 'exact_total', 'rounded_count', 'rounded_off',
    ]) }}
{% endmacro %}


{% macro check_attributes(problems, where, given) %}
    {%- for name in rollforward.as_list(given.get('attributes')) if not rollforward.is_plain_name(name) -%}
        {%- do problems.append(where ~ ".attributes: '" ~ name ~ "' is not a plain column name (letters, digits and _); rename it in " ~ given.relation) -%}
    {%- endfor -%}
    {%- set taken = rollforward.reserved_columns() -%}
    {%- for name in rollforward.as_list(given.get('attributes')) if name | lower in taken or '__' in name or (name | lower).endswith('_revenue') or (name | lower).endswith('_customers') -%}
        {%- do problems.append(where ~ ".attributes: '" ~ name ~ "' is a name the models use themselves; rename it in " ~ given.relation) -%}
    {%- endfor -%}
    {%- for name in rollforward.as_list(given.get('attributes')) if name | lower in rollforward.sql_words() -%}
        {%- do problems.append(where ~ ".attributes: '" ~ name ~ "' is a word of SQL; rename it in " ~ given.relation) -%}
    {%- endfor -%}
{% endmacro %}


{#- An attribute that several books have is one column, so it is spelled alike. -#}
{% macro check_spellings(problems) %}
    {%- set spelled = {} -%}
    {%- for name in rollforward.attributes() -%}
        {%- if spelled.setdefault(name | lower, name) != name -%}
            {%- do problems.append("books: the attribute '" ~ name ~ "' is '" ~ spelled[name | lower] ~ "' elsewhere; spell it alike everywhere") -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{% macro is_plain_name(name) %}{{ return(modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', name | string) is not none) }}{% endmacro %}


{#- Whether a plain name is what was written: where they stand without quotes, YAML takes `on`, `no` and `~` for what these words
    mean. -#}
{% macro is_given_name(name) %}{{ return(rollforward.is_plain_name(name) and name | string | lower not in ['true', 'false', 'none', 'null']) }}{% endmacro %}


{% macro check_day(problems, where, given) %}
    {%- if given is not none and not rollforward.is_day(given | string) -%}
        {%- do problems.append(where ~ ": '" ~ given ~ "' is not a date written YYYY-MM-DD") -%}
    {%- endif -%}
{% endmacro %}


{#- Whether a text is a day that there is, written YYYY-MM-DD. -#}
{% macro is_day(text) %}
    {%- set written = modules.re.match('^([0-9]{4})-([0-9]{2})-([0-9]{2})$', text) -%}
    {%- if not written -%}{{ return(false) }}{%- endif -%}
    {%- set year, month, day = written.group(1) | int, written.group(2) | int, written.group(3) | int -%}
    {%- set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
    {%- set days = [31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
    {{ return(year > 0 and month in range(1, 13) and day in range(1, days[month - 1] + 1)) }}
{% endmacro %}
