{#- Whether a text names a relation of a dbt project, in one of the ways that `relation` reads. -#}
{% macro is_relation(text) %}
    {%- set word, quoted = "[^\\s.,'\"()]+", "\\s*('[^'\"]+'|\"[^'\"]+\")\\s*" -%}
    {%- set ways = [word ~ '([.]' ~ word ~ ')?', 'ref\\(' ~ quoted ~ '(,' ~ quoted ~ ')?\\)', 'source\\(' ~ quoted ~ ',' ~ quoted ~ '\\)'] -%}
    {{ return(modules.re.match('^\\s*(' ~ ways | join('|') ~ ')\\s*$', text) is not none) }}
{% endmacro %}


{#- The relation a book reads: `fct_subscriptions` (a model or seed of the root project), `billing.fct_subscriptions`
    (one of package billing), ref('...') with one or two names, or source('billing', 'subscriptions'). -#}
{% macro relation(text) %}
    {%- set call = modules.re.match('^\\s*(ref|source)\\((.*)\\)\\s*$', text) -%}
    {%- set names = (call.group(2) if call else text.replace('.', ',')).replace("'", '').replace('"', '').split(',') | map('trim') | list -%}
    {%- if call and call.group(1) == 'source' -%}
        {{ return(source(names[0], names[1])) }}
    {%- elif names | length == 2 -%}
        {{ return(ref(names[0], names[1])) }}
    {%- endif -%}
    {{ return(ref(project_name, names[0])) }}
{% endmacro %}
