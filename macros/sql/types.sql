{#- Money: exact, `amount_scale` decimals (4 unless set), up to 18 digits. -#}
{% macro amount_type() %}decimal(18, {{ rollforward.setting('amount_scale') }}){% endmacro %}


{#- Text as the engine calls it. -#}
{% macro text_type() %}{{ dbt.type_string() }}{% endmacro %}


{#- The value as `type`, or null when it is not one. -#}
{% macro try_cast(value, type) %}{{ return(adapter.dispatch('try_cast', 'rollforward')(value, type)) }}{% endmacro %}

{% macro default__try_cast(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{% macro postgres__try_cast(value, type) %}cast({{ value }} as {{ type }}){% endmacro %}

{% macro bigquery__try_cast(value, type) %}safe_cast({{ value }} as {{ type }}){% endmacro %}
