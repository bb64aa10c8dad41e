{#- The books as the models use them: lists are lists, measurement and date columns are filled in.
    `shape` keeps the books of one shape. Wrong settings stop here, at parse time, all of them at once. -#}
{% macro books(shape=none) %}
    {%- do rollforward.check_settings() -%}
    {%- set books = [] -%}
    {%- for name, given in (rollforward.setting('books') or {}).items() if shape is none or given.shape == shape -%}
        {%- set form = rollforward.shapes()[given.shape] -%}
        {%- do books.append({
            'name': name,
            'relation': given.relation,
            'shape': given.shape,
            'measurement': form.measurement,
            'unit': rollforward.as_list(given.unit),
            'amount': given.amount,
            'dated': given[form.dated],
            'ended': given.get(form.ended) if form.ended else none,
            'attributes': rollforward.as_list(given.get('attributes')),
            'key': rollforward.as_list(given.get('key')),
            'comparisons': rollforward.as_list(given.get('comparisons')) or (rollforward.comparisons().keys() | list),
        }) -%}
    {%- endfor -%}
    {{ return(books) }}
{% endmacro %}


{#- Every attribute of any book, in the order they are first named: the cohorts have a column for each. -#}
{% macro attributes() %}
    {%- set names = [] -%}
    {%- for book in rollforward.books() -%}
        {%- for name in book.attributes if name not in names -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}


{#- `customer_id` and `[customer_id, product]` are both lists of columns. -#}
{% macro as_list(value) %}
    {{ return([] if value is none or value is undefined else ([value] if value is string else value | list)) }}
{% endmacro %}
