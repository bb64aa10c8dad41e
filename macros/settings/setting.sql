{#- The package's settings and their defaults: the root project's `vars: rollforward: ...`, or `--vars`. -#}
{% macro setting_defaults() %}
    {{ return({
        'books': {},
        'comparisons': {},
        'as_of_date': none,
        'fiscal_year_start_month': 1,
        'reactivation': 'own',
        'amount_scale': 4,
    }) }}
{% endmacro %}


{#- One setting. Models of the package see its vars directly; a user's model that calls a macro of the package
    sees them under the package's name. -#}
{% macro setting(key) %}
    {%- set default = rollforward.setting_defaults()[key] -%}
    {%- set scoped = var('rollforward', {}) or {} -%}
    {{ return(var(key, scoped.get(key, default) if scoped is mapping else default)) }}
{% endmacro %}
