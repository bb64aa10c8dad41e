/* Every unit of every book that has a row in the ledger, with a number made of its rows: when one of them changes, so does
   the number. `is_changed` says whose rows are not what they were in the build before. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set compares = rollforward.has_last_build() -%}
{%- set snapshots = rollforward.books('snapshots') | map(attribute='name') | list %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

with grouped_rows as (
    select
        book,
        unit,
        min(dated_on) as first_day,
        max(coalesce(ended_on, dated_on)) as last_day,
        count(*) as row_count,
        sum(cast({{ rollforward.hashed(['dated_on', 'ended_on', 'amount'] + rollforward.attributes()) }} as {{ rollforward.decimal_type(38, 0) }})) as row_hashes
    from {{ ref('int_rollforward__judged_rows') }}
    where reason is null
    group by book, unit
),

units_now as (
    select
        book,
        unit,
        first_day,
        last_day,
        {{ rollforward.hashed(['row_count', 'row_hashes']) }} as signature
    from grouped_rows
)

{%- if compares %},

units_before as (
    select * from {{ rollforward.last_version(this) }}
    where signature is not null
),
{%- if snapshots %}

last_months as (
    select
        book,
        {{ rollforward.month_index('max(case when build = 0 then last_day end)') }} as last_month_now,
        {{ rollforward.month_index('max(case when build > 0 then last_day end)') }} as last_month_before
    from (
        select book, last_day, 0 as build from units_now
        union all
        select book, last_day, build from units_before
    ) as days
    where book in ('{{ snapshots | join("', '") }}')
    group by book
),
{%- endif %}

/* A unit that is gone stays for one build, without a signature. The last snapshot of a book stands until the next one is
    there: when that comes, whoever was in it has changed. */
compared_units as (
    select
        coalesce(units_now.book, units_before.book) as book,
        coalesce(units_now.unit, units_before.unit) as unit,
        units_now.first_day,
        units_now.last_day,
        units_now.signature,
        case
            when units_now.signature is null or units_before.signature is null then true
            when units_now.signature <> units_before.signature then true
            {%- if snapshots %}
            when
                last_months.last_month_now <> last_months.last_month_before
                and {{ rollforward.month_index('units_before.last_day') }}
                    in (last_months.last_month_now, last_months.last_month_before)
                then true
            {%- endif %}
            else false
        end as is_changed
    from units_now
    full outer join units_before on units_now.book = units_before.book and units_now.unit = units_before.unit
    {%- if snapshots %}
    left join last_months on units_now.book = last_months.book
    {%- endif %}
),

changed_units as (
    select avg(case when is_changed then 100.0 else 0.0 end) as changed_percent from compared_units
)
{%- endif %}

select
    book,
    unit,
    first_day,
    last_day,
    signature,
    {%- if compares %}
    is_changed or changed_percent > {{ rollforward.setting('rebuild_above_percent') }} as is_changed,
    {%- else %}
    true as is_changed,
    {%- endif %}
    builds.build
from {{ 'compared_units cross join changed_units' if compares else 'units_now' }}
cross join {{ ref('int_rollforward__build') }} as builds
{%- endif %}
