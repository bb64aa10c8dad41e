{#- The package's settings and their defaults: the root project's `vars: rollforward:`. -#}
{% macro setting_defaults() %}
    {{ return({
        'books': {},
        'comparisons': {},
        'as_of_date': none,
        'fiscal_year_start_month': 1,
        'reactivation': 'own',
        'amount_scale': 4,
        'rebuild_above_percent': 30,
        'dialect': 'duckdb',
    }) }}
{% endmacro %}


{#- One setting: what the project has under `vars: rollforward:`. Vars of other names are somebody else's, but for
    `rollforward_as_of_date`, which builds as of another day without repeating all settings. -#}
{% macro setting(key) %}
    {%- set given = var('rollforward', {}) or {} -%}
    {%- set value = given.get(key) if given is mapping else none -%}
    {%- if key == 'as_of_date' -%}
        {%- set value = var('rollforward_as_of_date', none) or value -%}
    {%- endif -%}
    {{ return(rollforward.setting_defaults()[key] if value is none else value) }}
{% endmacro %}
