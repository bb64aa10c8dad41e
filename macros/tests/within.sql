{#- Rows whose value lies outside what its definition allows. -#}
{% test within(model, column_name, minimum=none, maximum=none) %}
select *
from {{ model }}
where
    {{ column_name ~ " < " ~ minimum if minimum is not none else "false" }}
    or {{ column_name ~ " > " ~ maximum if maximum is not none else "false" }}
{% endtest %}
