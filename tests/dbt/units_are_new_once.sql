-- When a unit was first active is written on each of its runs: the same on all of them, and where its first active run begins.
{{ config(enabled=rollforward.is_configured()) }}

select runs.series_id, runs.unit_id
from {{ ref('int_rollforward__runs') }} as runs
inner join {{ ref('int_rollforward__series') }} as series on runs.series_id = series.series_id
where runs.net_amount > 0
group by runs.series_id, runs.unit_id, series.is_monthly
having min(runs.first_period) <> max(runs.first_period)
    or min(runs.first_period) > min(runs.from_period)
    or (series.is_monthly and min(runs.first_period) < min(runs.from_period))
