/* The rows that make up the ledger, with the numbers of their unit and attribute values. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select
    judged.shape,
    judged.book as book,
    judged.unit_id as unit_id,
    judged.month_index,
    case
        when judged.ended_on is null then {{ rollforward.open_end() }}
        else {{ rollforward.month_index('judged.ended_on') }}
    end as until_month,
    judged.amount,
    sets.given_set
from {{ ref('int_rollforward__judged_rows') }} as judged
inner join {{ ref('int_rollforward__given_sets') }} as sets on {{ rollforward.same_attributes('judged', 'sets') }}
where judged.reason is null and judged.amount <> 0
