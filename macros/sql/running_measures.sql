{#- What is counted as changes and added up over the periods. The cohorts' measures are these and differences of these:
    `joined_*` are new and reactivated together, `kept_revenue` is the starting revenue of customers that stayed. -#}
{% macro running_measures() %}
    {{ return([
        'starting_revenue', 'starting_customers',
        'joined_revenue', 'joined_customers', 'new_revenue', 'new_customers',
        'existing_revenue', 'kept_revenue', 'retained_revenue',
        'retained_customers', 'expanded_customers', 'contracted_customers',
    ]) }}
{% endmacro %}


{#- Every running measure as a column: those in `changes` with their expression, all others 0. -#}
{% macro measure_changes(changes) %}
    {%- set columns = [] -%}
    {%- for name in rollforward.running_measures() -%}
        {%- do columns.append(changes.get(name, '0') ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return(columns | join(',\n        ')) }}
{% endmacro %}


{#- The type of a measure: revenue is money, customers are counted. -#}
{% macro measure_type(name) %}{{ rollforward.amount_type() if name.endswith('_revenue') else rollforward.data_type('bigint') }}{% endmacro %}
