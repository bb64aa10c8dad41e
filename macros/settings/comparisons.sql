{#- Months in a period of each grain. -#}
{% macro grains() %}
    {{ return({'month': 1, 'quarter': 3, 'year': 12}) }}
{% endmacro %}


{#- The comparisons every book gets, and those declared under `comparisons`: every period is looked at against
    the one `lookback` periods earlier. `periods_summed` is for books that sum (payments): how many periods
    each side of the comparison adds up. -#}
{% macro comparisons() %}
    {%- set known = rollforward.standard_comparisons() -%}
    {%- do known.update(rollforward.setting('comparisons') or {}) -%}
    {{ return(known) }}
{% endmacro %}


{% macro standard_comparisons() %}
    {{ return({
        'month_over_month': {'grain': 'month', 'lookback': 1},
        'quarter_over_quarter': {'grain': 'quarter', 'lookback': 1},
        'year_over_year': {'grain': 'year', 'lookback': 1},
        'trailing_12_months': {'grain': 'month', 'lookback': 12, 'periods_summed': 12},
        'same_month_last_year': {'grain': 'month', 'lookback': 12},
    }) }}
{% endmacro %}
