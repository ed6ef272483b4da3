"""Makes templates.json: small templates, each for a feature, with what transformers renders for them.

    pip install transformers jinja2 && python make_templates.py
"""

import json
import pathlib

from transformers.utils.chat_template_utils import _compile_jinja_template

MESSAGES = [
    {"role": "system", "content": "Be brief.\n"},
    {"role": "user", "content": "  Hello,\tWORLD é😀 \"x\" <|end|>\n\nbye "},
    {"role": "assistant", "content": "Hi. It's a_b."},
]

TEMPLATES = r"""
{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ m.role }}{% endfor %}
=====
{%- for m in messages -%}
    {%- if m.role == 'user' -%}
        [{{ m.content | trim }}]
    {%- elif m['role'] == "system" %}
        S:{{ m.content }}
    {%- else -%}
        other
    {%- endif %}
{%- endfor %}
end
=====
a
  {% if true %}
  b
  {% endif %}
  {# comment #}
c {% if true %} d {% endif %}
 {%+ if true %} e {%+ endif %}

{{ 'x' }}
f
=====
{% set x = 1 %}{% for i in range(3) %}{{ x }}{% set x = i + 10 %}{{ x }}{% endfor %}{{ x }}
=====
{% set ns = namespace(n=0, found=false) %}{% for m in messages %}{% set ns.n = ns.n + m.content|length %}{% if m.role == 'user' %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.n }} {{ ns.found }} {{ ns['n'] }}
=====
{% macro say(role, text='none', end="!") %}<{{ role }}>{{ text }}{{ end }}{{ varargs|length }}{{ kwargs|length }}{% endmacro %}{{ say('a') }}{{ say('b', 'c') }}{{ say('b', end='?') }}
=====
{% macro wrap(tag) %}<{{ tag }}>{{ caller('in') }}</{{ tag }}>{% endmacro %}{% call(x) wrap('b') %}body {{ x }}{% endcall %}
=====
{{ messages[0].content }}{{ messages[-1]['role'] }}{{ messages[1:]|length }}{{ messages[:-1]|length }}{{ messages[::-1][0].role }}{{ messages[1].content[2:7] }}{{ 'abcdef'[::2] }}{{ 'abcdef'[::-1] }}{{ 'abcdef'[4:1:-1] }}{{ 'abc'[-2] }}
=====
{{ messages[1].content.strip() }}|{{ messages[1].content.lstrip() }}|{{ messages[1].content.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'a,b,,c'.split(',') }}|{{ ' a  b '.split() }}|{{ 'a b c'.split(' ', 1) }}|{{ 'a-b-c'.rsplit('-', 1) }}|{{ 'a\nb\r\nc'.splitlines() }}
=====
{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith(('x', 'bc')) }}{{ 'abcabc'.replace('b', 'X') }}{{ 'abcabc'.replace('b', 'X', 1) }}{{ 'abc'.find('c') }}{{ 'abc'.find('z') }}{{ 'a.b'.partition('.') }}{{ 'Abc'.lower() }}{{ 'abc'.upper() }}{{ 'hello world'.title() }}{{ 'hELLO'.capitalize() }}{{ 'banana'.count('an') }}
=====
{{ 'abc'.isdigit() }}{{ '12'.isdigit() }}{{ 'ab'.isalpha() }}{{ '  '.isspace() }}{{ 'a1'.isalnum() }}{{ '-'.join(['a','b']) }}{{ '5'.zfill(3) }}{{ 'x'.ljust(3) }}|{{ 'x'.rjust(3, '.') }}|{{ 'x'.center(4) }}|{{ 'prefix_a'.removeprefix('prefix_') }}{{ 'a.txt'.removesuffix('.txt') }}
=====
{{ messages | tojson }}
=====
{{ {'b': [1, 2.5, true, none, 'é"\n'], 'a': {}} | tojson(indent=2) }}{{ {'b': 1, 'a': []} | tojson(sort_keys=true) }}{{ [1, {'x': 'é'}] | tojson(ensure_ascii=true) }}{{ [1, 2] | tojson(separators=(',', ':')) }}
=====
{{ [1, 2.0, 'a\'b', "q", none, true, {'k': 'v'}, (1,), [], 1e20, 0.1] }}{{ none }}{{ 1.0 }}{{ 1e16 }}{{ 123456789.123 }}{{ 'x' ~ 1 ~ none }}
=====
{{ 7 // 2 }}{{ -7 // 2 }}{{ 7 % 3 }}{{ -7 % 3 }}{{ 7 / 2 }}{{ 2 ** 10 }}{{ 2 ** -1 }}{{ 1 + 2 * 3 }}{{ -2 ** 2 }}{{ (1 + 2) * 3 }}{{ 'ab' * 3 }}{{ [1] + [2] }}{{ 3 - 1 }}{{ 10 - 2 - 3 }}{{ 1.5 + 1 }}{{ true + 1 }}
=====
{{ 1 < 2 < 3 }}{{ 1 < 3 < 2 }}{{ 'a' in 'abc' }}{{ 'z' not in 'abc' }}{{ 1 in [1, 2] }}{{ 'role' in messages[0] }}{{ not true }}{{ true and 'x' }}{{ '' or 'y' }}{{ 1 == 1.0 }}{{ 'a' != 'b' }}{{ not 1 == 2 }}{{ 'b' > 'a' }}{{ [1, 2] == [1, 2] }}
=====
{{ missing is defined }}{{ missing is undefined }}{{ messages is defined }}{{ none is none }}{{ 'x' is string }}{{ messages[0] is mapping }}{{ messages is iterable }}{{ messages is sequence }}{{ 1 is number }}{{ true is boolean }}{{ 1 is integer }}{{ 1.5 is float }}{{ 3 is odd }}{{ 4 is even }}{{ 9 is divisibleby 3 }}{{ 9 is divisibleby(2) }}{{ 1 is eq 1 }}{{ 1 is not none }}{{ true is true }}{{ 2 is in [1,2] }}{{ missing is not defined and true }}{{ 'a' is lower }}
=====
{{ missing }}|{{ missing | default('d') }}|{{ '' | default('d') }}|{{ '' | default('d', true) }}|{{ none | d('x') }}|{{ messages[0].missing }}|{{ messages[9] }}|{{ missing | length }}|{% for x in missing %}x{% else %}empty{% endfor %}|{{ missing == 'x' }}|{{ 'a' if missing else 'b' }}|{{ 'a' if missing }}
=====
{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first }}{{ messages | rejectattr('role', 'eq', 'user') | list | length }}{{ messages | map(attribute='role') | join(', ') }}{{ ['a', 'b'] | map('upper') | list }}{{ [1, 2, 3] | select('odd') | list }}{{ [0, 1, ''] | reject | list }}{{ messages | selectattr('missing') | list }}
=====
{{ [3, 1, 2] | sort }}{{ [3, 1, 2] | sort(reverse=true) }}{{ ['b', 'A', 'c'] | sort }}{{ messages | sort(attribute='role') | map(attribute='role') | list }}{{ {'b': 1, 'a': 2} | dictsort }}{{ {'b': 1, 'a': 2}.items() | list }}{{ {'b': 1} | items | list }}{{ [1, 2, 3] | sum }}{{ [1, 3, 2] | max }}{{ [2, 1] | min }}{{ [1, 1, 2] | unique | list }}{{ [1, 2, 3] | last }}{{ 'abc' | reverse }}{{ [1, 2] | reverse | list }}{{ [1, 2, 3] | batch(2) | list }}
=====
{{ 'a b' | title }}{{ 'aB' | upper }}{{ 'aB' | lower }}{{ 'aB c' | capitalize }}{{ ' x ' | trim }}{{ 'abc' | replace('b', 'x') }}{{ '<&>' | e }}{{ '5' | int + 1 }}{{ 'x' | int }}{{ '2.5' | float }}{{ 2.567 | round(1) }}{{ -3 | abs }}{{ 'a\nb\n\nc' | indent(2) }}{{ 'a b c' | wordcount }}{{ 'abc' | list }}{{ 'abc' | first }}{{ 5 | string + 'x' }}{{ "%s-%d" | format('a', 3) }}{{ '%s:%s' % ('a', 1) }}{{ '{} {x}'.format(1, x=2) }}
=====
{% set text %}in {{ messages[0].role }}{% endset %}[{{ text }}]{% set up | upper %}abc{% endset %}{{ up }}{% filter upper %}def {{ 'g' }}{% endfilter %}
=====
{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }}{% if not loop.last %}, {% endif %}{% endfor %}{% set a, b = 1, 2 %}{{ a }}{{ b }}
=====
{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ m.role }}{% if loop.nextitem is defined %}>{{ loop.nextitem.role }}{% endif %}{% if loop.previtem is defined %}<{{ loop.previtem.role }}{% endif %}{{ loop.cycle('x', 'y') }}{% endfor %}
=====
{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}{{ range(2, 10, 3) | list }}{{ range(3, 0, -1) | list }}
=====
{% for x in [1, [2, [3]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{{ loop.depth }}{% endif %}{% endfor %}
=====
{% raw %}{{ not }} {% this %}{% endraw %}  {%- raw -%}  x  {%- endraw -%}  y
=====
{{ raise_exception('No: ' + messages[0].role) }}
=====
{{ strftime_now('%d %b %Y, %B %-d, %H:%M') }}
=====
{{ missing.attribute }}
=====
{{ missing() }}
=====
{{ messages.append(1) }}
=====
{{ 'a' + 1 }}
=====
{% if messages[0].role == 'system' %}{% set system = messages[0].content %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}{% for m in rest %}{{ '<|' ~ m.role ~ '|>' + '\n' + (system if loop.first else '') + m['content'] | trim + eos_token }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}
=====
{%- if tools is not none and tools %}T{% endif %}{{ tools is none }}{% if documents %}D{% endif %}{{ bos_token }}{%- generation %}gen{% endgeneration %}
=====
{{ {'a': 1}.a }}{{ {'a': 1}['a'] }}{{ {'a': {'b': [1, 2]}}.a.b[1] }}{{ {'a': 1}.get('z', 9) }}{{ {'a': 1}.get('z') }}{{ {'x': 1, 'y': 2}.keys() | list }}{{ {'x': 1}.values() | list }}{{ dict(a=1) }}{{ {1: 'one'}[1] }}
=====
{{ "a\tb\\n\x41\u00e9" }}{{ 'it''s' }}{{ "tab	tab" }}{{ '{{ }} %}' }}{{ {'a': {'b': 1}}['a']['b'] }}
=====
line one   
{%- set x = 'v' -%}   
   line two {{- ' ' -}}   {{ x -}}
  end  
=====
{{ messages[1].content | upper | replace('HELLO', 'Bye') }}{{ messages[1].content.split('\n')[0] }}{{ messages[1].content.split('é')[-1].lstrip('😀') }}
=====
{% if messages | length > 2 and (messages[0].role in ['system', 'developer'] or not add_generation_prompt) %}ok{% endif %}{{ (messages | length) is gt 2 }}{{ 'yes' if 'x' is not in 'abc' else 'no' }}
"""


def main():
    cases = []
    for source in TEMPLATES[1:].split("\n=====\n"):
        case = {"template": source}
        try:
            template = _compile_jinja_template(source)
            template.environment.globals["strftime_now"] = lambda f: __import__("datetime").datetime(2024, 7, 26).strftime(f)
            case["expected"] = template.render(
                messages=MESSAGES, tools=None, documents=None, add_generation_prompt=True,
                bos_token="<s>", eos_token="</s>")
        except Exception as error:
            case["error"] = f"{type(error).__name__}: {error}"
        cases.append(case)
    path = pathlib.Path(__file__).parent / "templates.json"
    path.write_text(json.dumps({"messages": MESSAGES, "cases": cases}, ensure_ascii=False, indent=1) + "\n")
    print(len(cases), "cases,", sum("error" in case for case in cases), "errors")
    for case in cases:
        if "error" in case:
            print(case["error"], "<-", case["template"][:60])


main()
