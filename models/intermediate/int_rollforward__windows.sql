/* What is compared over which distance: comparisons of different grain can share a window. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select distinct comparisons.window_id, comparisons.series_id, comparisons.shift, series.is_summed
from {{ ref('int_rollforward__comparisons') }} as comparisons
inner join {{ ref('int_rollforward__series') }} as series on comparisons.series_id = series.series_id
