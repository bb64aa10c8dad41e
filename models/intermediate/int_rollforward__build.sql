/* One row: the number of this build, and that of the build it goes on from, if it can. */
{{ config(enabled=rollforward.is_configured()) }}
{%- do rollforward.check_engine() -%}

{%- if rollforward.is_built_in_part(this) %}

select * from {{ this }}
{%- else -%}
{%- set last_build = rollforward.last_build(this) %}

select
    cast({{ rollforward.build_number() }} as {{ rollforward.data_type('bigint') }}) as build,
    cast({{ 'null' if last_build is none else last_build }} as {{ rollforward.data_type('bigint') }}) as previous_build,
    '{{ rollforward.settings_fingerprint() }}' as settings
{%- endif %}
