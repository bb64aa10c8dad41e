{#- The four shapes revenue comes in: which columns date a row, and what is measured.
    `dated` is the column that places a row in time, `ended` the one that takes it out again. -#}
{% macro shapes() %}
    {{ return({
        'intervals': {'measurement': 'point_in_time', 'dated': 'started_on', 'ended': 'ended_on'},
        'snapshots': {'measurement': 'point_in_time', 'dated': 'snapshot_on', 'ended': none},
        'movements': {'measurement': 'point_in_time', 'dated': 'occurred_on', 'ended': none},
        'payments': {'measurement': 'period_sum', 'dated': 'occurred_on', 'ended': none},
    }) }}
{% endmacro %}


{#- The shapes of which amounts are measured so: at a point in time, or summed over a period. -#}
{% macro shapes_measuring(measurement) %}
    {%- set names = [] -%}
    {%- for name, form in rollforward.shapes().items() if form.measurement == measurement -%}{%- do names.append(name) -%}{%- endfor -%}
    {{ return(names) }}
{% endmacro %}
