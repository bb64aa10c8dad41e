{#- Rows in which a measure is not the sum of its parts. -#}
{% test adds_up(model, column_name, parts) %}
select *
from {{ model }}
where {{ column_name }} <> {{ parts | join(" + ") }}
{% endtest %}
