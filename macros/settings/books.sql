{#- Whether any book is configured, of one shape if that is given: models without one are off. Every model asks this
    first, and wrong settings stop here, when dbt parses it, all of them at once. -#}
{% macro is_configured(shapes=none) %}
    {%- if not execute -%}{%- do rollforward.check_settings() -%}{%- endif -%}
    {%- for given in (rollforward.setting('books') or {}).values() if shapes is none or given.shape in shapes -%}
        {{ return(true) }}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}


{#- The books as the models use them: lists are lists, measurement and date columns are filled in.
    `shape` keeps the books of one shape. -#}
{% macro books(shape=none) %}
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


{#- How far each book is known, where somebody says so: its own `as_of_date`, else that of all books. A build as of an earlier day
    knows no book further than that. -#}
{% macro as_of_dates() %}
    {%- set days, build_as_of = {}, var('rollforward_as_of_date', none) -%}
    {%- for name, given in (rollforward.setting('books') or {}).items() -%}
        {%- set day = given.get('as_of_date') or rollforward.setting('as_of_date') -%}
        {%- do days.update({name: [day, build_as_of or day] | map('string') | min if day else none}) -%}
    {%- endfor -%}
    {{ return(days) }}
{% endmacro %}


{#- Every attribute of any book, in the order they are first named: the cohorts have a column for each. -#}
{% macro attributes() %}
    {%- set names = [] -%}
    {%- for book in (rollforward.setting('books') or {}).values() -%}
        {%- for name in rollforward.as_list(book.get('attributes')) if name not in names -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}


{#- `customer_id` and `[customer_id, product]` are both lists of columns. -#}
{% macro as_list(value) %}
    {{ return([] if value is none or value is undefined else ([value] if value is string else value | list)) }}
{% endmacro %}
