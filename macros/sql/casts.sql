{#- The value as `type`, or null when it is not one. -#}
{% macro try_cast(value, type) %}{{ return(adapter.dispatch('try_cast', 'rollforward')(value, type)) }}{% endmacro %}

{% macro default__try_cast(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{#- Its own casts read 1_000 as well. A column that has a type already is not looked at value by value. A float is the number it is
    written as: 538886.34, and not what comes next to it in the halves of halves that floats are made of. With an exponent a number
    is read with 12 decimals first: casts drop digits before they move the point, and let pass what is too large for the type. -#}
{% macro duckdb__try_cast(value, type) -%}
    {%- set text = 'cast(' ~ value ~ ' as ' ~ rollforward.text_type() ~ ')' -%}
    case
        when typeof({{ value }}) not in ('VARCHAR', 'DOUBLE', 'FLOAT') then try_cast({{ value }} as {{ type }})
        when not regexp_full_match({{ text }}, '{{ rollforward.written_number() }}') then null
        when {{ text }} like '%e%' or {{ text }} like '%E%' then try_cast(try_cast({{ text }} as {{ rollforward.exact_type() }}) as {{ type }})
        else try_cast({{ text }} as {{ type }})
    end
{%- endmacro %}

{#- PostgreSQL cannot try: what a text looks like says first whether it can be cast. Values that have a type go by
    their text too, so that one expression fits every type, but without a look at each of them. -#}
{% macro postgres__try_cast(value, type) %}
    {%- set digits = modules.re.search('([0-9]+), *([0-9]+)', type) -%}
    {{ return(rollforward.number_of_text(value, digits.group(1) | int, digits.group(2) | int) if digits else rollforward.moment_of_text(value)) }}
{% endmacro %}

{#- Redshift would find PostgreSQL's, which has no way to try. -#}
{% macro redshift__try_cast(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{#- A safe cast is not safe from a number with too many digits for the type. -#}
{% macro bigquery__try_cast(value, type) %}
    {%- set digits, scale = modules.re.search('([0-9]+), *([0-9]+)', type).groups() -%}
    {%- set exact, bound = 'safe_cast(' ~ value ~ ' as bigdecimal)', "bigdecimal '1" ~ '0' * (digits | int - scale | int) ~ "'" -%}
    {{ return('case when abs(round(' ~ exact ~ ', ' ~ scale ~ ')) < ' ~ bound ~ ' then cast(' ~ exact ~ ' as ' ~ type ~ ') end') }}
{% endmacro %}

{#- Only text can be tried. -#}
{% macro snowflake__try_cast(value, type) %}try_cast(cast({{ value }} as varchar) as {{ type }}){% endmacro %}

{#- Read from text, since casting a decimal cuts decimals off instead of rounding, and casting a float can lose a cent. Its types
    have 18 or 38 digits, and sums beyond them come out as any number: fewer have to be asked for. -#}
{% macro clickhouse__try_cast(value, type) %}
    {%- set digits, scale = modules.re.search('([0-9]+), *([0-9]+)', type).groups() -%}
    {%- set number = '^' ~ rollforward.written_number(group='(?:') ~ '$' -%}
    {%- set exact = "toDecimal256OrNull(extract(trim(toString(" ~ value ~ ")), '" ~ number ~ "'), 24)" -%}
    {%- set rounded, bound = "round(" ~ exact ~ ", " ~ scale ~ ")", "toDecimal256('1" ~ '0' * (digits | int - scale | int) ~ "', 0)" -%}
    {%- set read = "toDecimal" ~ (64 if digits | int <= 18 else 128) ~ "OrNull(toString(" ~ rounded ~ "), " ~ scale ~ ")" -%}
    {{ return("case when abs(" ~ rounded ~ ") < " ~ bound ~ " then " ~ read ~ " end") }}
{% endmacro %}


{#- How a number is written in a text, with blanks around it. -#}
{% macro written_number(group='(') %}
    {{ return('[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,3})?[[:space:]]*'.replace('(', group)) }}
{% endmacro %}


{#- Larger numbers than there is room for are none. NaN is larger than every number. -#}
{% macro number_of_text(value, precision, scale) -%}
    case
        when
            cast(pg_typeof({{ value }}) as text)
                in ('numeric', 'integer', 'bigint', 'smallint', 'double precision', 'real')
            or cast({{ value }} as text) ~ '^{{ rollforward.written_number() }}$'
            then case
                when abs(round(cast(cast({{ value }} as text) as numeric), {{ scale }})) < 1e{{ precision - scale }}
                    then cast(cast({{ value }} as text) as decimal({{ precision }}, {{ scale }}))
            end
    end
{%- endmacro %}


{#- Year, month, day that there is, in leap years too, and a time if there is one. What is smaller than a second, and the time zone, do not change the
    day. -#}
{% macro moment_of_text(value) -%}
    case
        when
            cast(pg_typeof({{ value }}) as text)
                in ('date', 'timestamp without time zone', 'timestamp with time zone')
            then case when cast({{ value }} as text) not like '%infinity' then cast(cast({{ value }} as text) as timestamp) end
        when
            cast({{ value }} as text) ~ (
                '^([0-9]{4}[-/]((0?[13578]|1[02])[-/](0?[1-9]|[12][0-9]|3[01])|(0?[469]|11)[-/](0?[1-9]|[12][0-9]|30)|0?2[-/](0?[1-9]|1[0-9]|2[0-8]))'
                || '|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)[-/]0?2[-/]29)'
                || '{{ rollforward.written_time() }}$'
            )
            then cast(substring(cast({{ value }} as text) from '^[0-9]+[-/][0-9]+[-/][0-9]+') as timestamp)
    end
{%- endmacro %}
