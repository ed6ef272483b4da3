"""Renders templates of our own through transformers' chat-template environment, as goldens for the template engine.

    python3 -m venv .venv && .venv/bin/pip install transformers==5.24.0 jinja2==3.1.6
    .venv/bin/python make_templates.py

Writes goldens.json beside itself. torch is not needed. `strftime_now` is pinned to 2024-07-26 00:00:00 UTC, so the
output is a function of the templates below and of the two packages' versions, which it records.
"""

import copy
import json
import pathlib
import re
from datetime import datetime, timezone

import jinja2
import transformers
from transformers.utils.chat_template_utils import _compile_jinja_template

CHAT = [
    {"role": "system", "content": "You are brief."},
    {"role": "user", "content": "  Grüße, <World> & \"friends\"!\n"},
    {"role": "assistant", "content": "Hello 世界 🌍."},
    {"role": "user", "content": "What's 2 + 2?"},
]
TOOL_CHAT = [
    {"role": "user", "content": "Weather in Paris?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": {"city": "Paris", "days": 2}}}
        ],
    },
    {"role": "tool", "name": "weather", "tool_call_id": "c1", "content": "{\"temp\": 21.5, \"sky\": \"clear\"}"},
    {"role": "user", "content": [{"type": "text", "text": "And "}, {"type": "image"}, {"type": "text", "text": "this?"}]},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Tells the weather <now>.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "Where"},
                    "days": {"type": "integer", "default": 1, "enum": [1, 2, 3]},
                    "unit": {"type": ["string", "null"]},
                },
                "required": ["city"],
            },
        },
    },
    {"type": "function", "function": {"name": "time", "description": "", "parameters": {}}},
]
DOCUMENTS = [{"title": "One", "text": "First."}, {"title": "Two", "text": "Second é."}]
VALUES = {
    "n": 7, "z": 0, "neg": -7, "f": 2.5, "big": 1234567.0, "t": True, "nil": None, "s": "Hello, World", "e": "",
    "u": "äöü ß İ ǆ Ω 🎉", "l": [3, 1, 2], "m": {"b": 1, "a": [1, {"c": "x"}], "B": None}, "el": [], "em": {},
    "people": [
        {"name": "bob", "age": 30, "tags": ["x", "y"], "ok": True},
        {"name": "Alice", "age": 25, "tags": [], "ok": False},
        {"name": "carl", "age": 30, "tags": ["z"], "address": {"city": "Rome"}},
    ],
    "words": ["b", "A", "a", "C", "b"], "mixed": [1, "1", 1.0, True, None, "x"], "tree": [
        {"v": 1, "kids": [{"v": 2, "kids": []}, {"v": 3, "kids": [{"v": 4, "kids": []}]}]}, {"v": 5, "kids": []}],
}
CONTEXTS = {
    "chat": {"messages": CHAT, "add_generation_prompt": True},
    "closed": {"messages": CHAT, "add_generation_prompt": False},
    "tools": {"messages": TOOL_CHAT, "add_generation_prompt": True, "tools": TOOLS, "documents": DOCUMENTS},
    "values": {"messages": [], "add_generation_prompt": False, **VALUES},
}


def each(*expressions):
    """One template for each expression: errors stay apart."""
    return ["{{ " + expression + " }}" for expression in expressions]


CASES = {
    ("for", "chat"): [
        "{% for m in messages %}{{ loop.index }}/{{ loop.length }} {{ m.role }}: {{ m['content'] }}|{% endfor %}",
        "{% for m in messages %}{{ loop.index0 }},{{ loop.revindex }},{{ loop.revindex0 }},{{ loop.first }},{{ loop.last }};{% endfor %}",
        "{% for m in messages if m.role == 'user' %}{{ loop.index }}{{ m.content | trim }}{% endfor %}",
        "{% for m in messages if m.role == 'tool' %}x{% else %}none{% endfor %}",
        "{% for m in [] %}x{% else %}empty {{ loop is defined }}{% endfor %}",
        "{% for m in messages %}{{ loop.previtem.role if loop.previtem is defined else '-' }}>{{ loop.nextitem.role | default('end') }} {% endfor %}",
        "{% for m in messages %}{{ loop.cycle('a', 'b', 'c') }}{{ loop.changed(m.role) }} {% endfor %}",
        "{% for m in messages %}{% if loop.changed(m.role == 'user') %}[{{ m.role }}]{% endif %}{% endfor %}",
        "{% for m in messages %}{% if m.role == 'assistant' %}{% break %}{% endif %}{{ m.role }} {% endfor %}",
        "{% for m in messages %}{% if m.role == 'user' %}{% continue %}{% endif %}{{ m.role }} {% endfor %}",
        "{% for m in messages[1:] %}{{ m.role[0] }}{% endfor %}",
        "{% for m in messages | reverse %}{{ m.role }} {% endfor %}",
        "{% for key, value in messages[0].items() %}{{ key }}={{ value }};{% endfor %}",
        "{% for key in messages[0] %}{{ key }};{% endfor %}",
        "{% for c in 'añ🌍' %}[{{ c }}]{% endfor %}",
        "{% for i in range(3) %}{% for j in range(i) %}{{ loop.index }}{{ i }}{{ j }} {% endfor %}|{% endfor %}",
        "{% for i in range(2) %}{% set outer = loop %}{% for j in range(2) %}{{ outer.index }}.{{ loop.index }} {% endfor %}{% endfor %}",
        "{% set x = 1 %}{% for i in range(3) %}{% set x = x + i %}{{ x }},{% endfor %}{{ x }}",
        "{% for i in [1, 2] %}{% else %}never{% endfor %}{{ i is defined }}",
        "{% for m in messages %}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}",
        "{%- for m in messages -%}\n  {{ m.role }}\n{%- endfor -%}\n end",
        "{% for i in range(5) %}{% if i is even %}{% continue %}{% endif %}{% if i > 3 %}{% break %}{% endif %}{{ i }}{% else %}E{% endfor %}",
        "{% for i in range(3) %}{{ loop }}{% endfor %}",
        "{% for x in none %}{% endfor %}", "{% for x in 5 %}{% endfor %}", "{% for x in missing %}x{% else %}none{% endfor %}",
        "{% for loop in [1] %}{{ loop }}{% endfor %}",
        "{% for m in messages %}{{ loop.missing }}{% endfor %}.",
        "{% break %}", "{% for x in [1] %}", "{% for x [1] %}{% endfor %}",
    ],
    ("unpacking", "values"): [
        "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }} {% endfor %}",
        "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
        "{% for (a, b) in [[1, 2]] %}{{ a }}{{ b }}{% endfor %}",
        "{% for k, v in m | dictsort %}{{ k }}={{ v }};{% endfor %}",
        "{% for k, v in m.items() if v %}{{ loop.index }}{{ k }};{% endfor %}",
        "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a, b = [1, 2] %}{{ b }}{{ a }}", "{% set (a, b) = 'xy' %}{{ a }}{{ b }}",
        "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% set a, b = 1 %}", "{% for a, in [(1,), (2,)] %}{{ a }}{% endfor %}",
        "{% for a in 1, 2, 3 %}{{ a }}{% endfor %}", "{% for k, v in em.items() %}x{% else %}no{% endfor %}",
    ],
    ("recursive", "values"): [
        "{% for n in tree recursive %}{{ n.v }}{% if n.kids %}({{ loop(n.kids) }}){% endif %}{% endfor %}",
        "{% for n in tree recursive %}{{ loop.depth }}:{{ n.v }} {{ loop(n.kids) }}{% endfor %}",
        "{% for n in tree recursive %}{{ '-' * loop.depth0 }}{{ n.v }}\n{{ loop(n.kids) }}{%- else %}.{% endfor %}",
        "{% for n in tree %}{{ loop(n.kids) }}{% endfor %}",
    ],
    ("if", "values"): [
        "{% if n > 5 %}big{% elif n > 3 %}mid{% else %}small{% endif %}", "{% if n > 9 %}big{% elif n > 3 %}mid{% else %}small{% endif %}",
        "{% if z %}yes{% else %}no{% endif %}", "{% if missing %}yes{% endif %}.", "{% if el or em or e or nil %}yes{% else %}no{% endif %}",
        "{% if n and f %}{{ n and f }}{% endif %}", "{% if not missing and not el %}ok{% endif %}", "{% if 0.0 %}a{% elif '0' %}b{% endif %}",
        "{% if n == 7 and s.startswith('Hell') or boom.bang %}ok{% endif %}", "{% if true %}{% set q = 1 %}{% endif %}{{ q }}",
        "{% if none is none and (1 if t else 2) == 1 %}ok{% endif %}", "{% if %}x{% endif %}", "{% if 1 %}x", "{% if 1 %}a{% else %}b{% else %}c{% endif %}",
    ] + each(
        "'a' if n > 5 else 'b'", "'a' if n > 9 else 'b'", "'a' if false", "('a' if false) is undefined", "1 if n else 2 if z else 3",
        "(1 if z else 2) if z else (3 if z else 4)", "'x' if z else 'y' if n else 'w'", "'a' ~ ('b' if z)", "not n", "not not n", "n or 3", "z or 3",
        "z and boom", "n or boom.bang", "nil or el or 'x'", "el and 1", "missing or 'd'", "missing and 1",
    ),
    ("set", "values"): [
        "{% set x = 5 %}{{ x }}", "{% set x = [1, 2] + [3] %}{{ x }}", "{% set x %}a{{ n }}b{% endset %}[{{ x }}]",
        "{% set x | upper %}a{{ s }}{% endset %}{{ x }}", "{% set x | replace('l', 'L') | trim %}  {{ s }} {% endset %}[{{ x }}]",
        "{% set x %}\n  body\n{% endset %}\n[{{ x }}]", "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
        "{% set ns = namespace(a=1, b='x') %}{% for i in range(3) %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}{{ ns.b }}",
        "{% set ns = namespace() %}{% set ns.q = [] %}{% for i in range(3) %}{% set ns.q = ns.q + [i * i] %}{% endfor %}{{ ns.q }}",
        "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}{{ ns.c is defined }}[{{ ns.c }}]",
        "{% set ns = namespace(x=1) %}{% set ns.y %}blk{{ ns.x }}{% endset %}{{ ns.y }}", "{% set m.x = 1 %}", "{% set missing.x = 1 %}",
        "{% set x = x + 1 %}", "{% set x = missing %}{{ x is defined }}", "{% set x = 1, 2 %}{{ x }}", "{% set x = (1,) %}{{ x }}", "{% set x = () %}{{ x }}",
        "{% set x = 'a' 'b' %}{{ x }}", "{% set ns = namespace(_x=1) %}", "{% set x = namespace(a=1) %}{{ x is mapping }}{{ x is iterable }}",
        "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
        "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% set true = 1 %}", "{% set 1 = 2 %}",
    ],
    ("macro", "values"): [
        "{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(b=5, a=4) }} {{ f() }}",
        "{% macro f() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, x=3) }}", "{% macro f(a) %}{{ a }}{{ kwargs }}{% endmacro %}{{ f(1, y=2, x=3) }}",
        "{% macro f(a) %}{{ a }}{{ varargs | length }}{% endmacro %}{{ f(1, 2, 3) }}",
        "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, q=2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, a=2) }}",
        "{% macro f(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ f('x') }}", "{% macro f(a=n) %}{{ a }}{% endmacro %}{{ f() }}",
        "{% macro f() %}<{{ caller() }}>{% endmacro %}{% call f() %}in{{ n }}{% endcall %}",
        "{% macro f(x) %}<{{ caller(x, 2) }}>{% endmacro %}{% call(a, b) f(1) %}{{ a }}+{{ b }}{% endcall %}",
        "{% macro f() %}{{ caller is defined }}{% endmacro %}{{ f() }}", "{% macro f() %}{{ caller() if caller else 'none' }}{% endmacro %}{{ f() }}{% call f() %}c{% endcall %}",
        "{% macro f() %}x{% endmacro %}{% call f() %}c{% endcall %}", "{% macro f(n) %}{{ n }}{% if n > 0 %},{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
        "{% macro f() %}{% set q = 1 %}{{ q }}{% endmacro %}{{ f() }}{{ q is defined }}", "{% macro f() %}{{ s }}{% endmacro %}{{ f() | upper }}",
        "{% macro f(a, b) %}{{ a }}{{ b is defined }}{% endmacro %}{{ f(1) }}", "{% macro f(a, b=1) %}{% endmacro %}{{ f.name }} {{ f.arguments }} {{ f.catch_kwargs }} {{ f.catch_varargs }} {{ f.caller }}",
        "{% macro outer() %}{% macro inner() %}i{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}", "{% macro f() %}\n  text\n{% endmacro %}[{{ f() }}]",
        "{%- macro f() -%}\n  text\n{%- endmacro -%}\n[{{ f() }}]", "{{ f() }}{% macro f() %}x{% endmacro %}", "{% macro f(x) %}{{ x }}{% endmacro %}{{ f([1, 'a']) }}{{ f(none) }}",
        "{% macro f(x) %}{% for i in x %}{{ i }}{% endfor %}{% endmacro %}{% for q in [[1, 2], [3]] %}{{ f(q) }};{% endfor %}",
        "{% macro f(a, b=1, c) %}{% endmacro %}", "{% macro f(a, a) %}{{ a }}{% endmacro %}", "{% macro f() %}{{ loop is defined }}{% endmacro %}{% for i in [1] %}{{ f() }}{% endfor %}",
        "{% for i in [1, 2] %}{% macro g() %}m{{ i }}{% endmacro %}{{ g() }}{% endfor %}", "{% macro f(x, y) %}{{ x }}{{ y }}{% endmacro %}{{ f(*[1, 2]) }}{{ f(**{'x': 3, 'y': 4}) }}",
        "{% macro f() %}{{ kwargs.a }}{{ kwargs['b'] }}{{ varargs[0] }}{% endmacro %}{{ f('v', a=1, b=2) }}", "{% set g = f %}{% macro f() %}{% endmacro %}{{ g is defined }}",
        "{% macro f(v, d=0) %}{% if v is mapping %}{{ '{' }}{% for k, w in v.items() %}{{ k }}:{{ f(w, d + 1) }}{% endfor %}{{ '}' }}{% else %}{{ v }}@{{ d }}{% endif %}{% endmacro %}{{ f({'a': {'b': 1}, 'c': 2}) }}",
        "{% filter upper %}a{{ s }}{% endfilter %}", "{% filter trim | replace('o', '0') %}  {{ s }}  {% endfilter %}", "{% filter indent(2) %}a\nb{% endfilter %}",
    ],
    ("filters of text", "values"): each(
        "'  x y '|trim", "'xxaxx'|trim('x')", "s|upper", "s|lower", "u|upper", "u|lower", "'straße ǆ'|title", "'hello wORLD-foo (bar) [x] {y} <z> it\\'s'|title",
        "'hELLO wORLD'|capitalize", "'ß x'|capitalize", "'ǆa'|capitalize", "s|length", "u|length", "'e\\u0301'|length", "'🎉👩‍👩‍👧'|length", "s|first", "s|last", "e|first", "e|last is undefined", "s|list", "s|reverse", "u|reverse", "e|reverse",
        "s|replace('l', 'L')", "s|replace('l', 'L', 1)", "s|replace('l', 'L', 0)", "s|replace('l', 'L', -1)", "s|replace('', '-')", "s|replace('lo', '')", "n|replace(7, 8)", "s|replace('l')",
        "n|string ~ 1", "n|string is string", "nil|string", "l|string", "f|string", "'<a&\"\\'>'|escape", "'<a>'|e|upper", "'<a>'|safe", "'<a>'|e|e", "'<a>'|safe|e", "'<a>'|e|forceescape", "'<i>' + ('<b>'|e)", "'<a>'|forceescape", "'<b>'|safe ~ '<i>'", "('<b>'|e) ~ '<i>'", "('<b>'|e) + '<i>'",
        "'a\\nb\\n\\nc'|indent", "'a\\nb\\n\\nc'|indent(2, true)", "'a\\nb\\n\\nc'|indent(2, blank=true)", "'a\\nb'|indent('> ')", "'a\\nb'|indent(width=1, first=True)", "'a\\n'|indent(2)", "'\\na'|indent(2)", "''|indent(2, true)", "'a\\r\\nb'|indent(2)", "'a\\n\\n'|indent(2, false, true)",
        "'one two  three'|wordcount", "'Grüße, it\\'s a-b c_d'|wordcount", "''|wordcount", "'x'|center(7)", "'ab'|center(5)", "'abc'|center(2)", "'%s is %d'|format('x', 5)", "'%(a)s-%(b)03d'|format(a=1, b=2)", "'%05.2f|%-5s|%5s|%x|%%'|format(3.14159, 'a', 'b', 255)", "'%s'|format(l)", "'%r'|format('x')", "'%s %s'|format('x')", "'%d'|format('x')",
        "'%c'|format('A')", "'%+d % d'|format(3, 4)", "'%e'|format(12345.678)", "'%g %g'|format(0.0001, 1e10)", "'%o'|format(8)", "'%.3s'|format('abcdef')", "'%X'|format(255)", "'%i'|format(3.9)",
        "'abc'|string|length", "none|upper", "true|lower", "3.0|string", "missing|upper", "missing|trim ~ '.'", "l|join(', ')", "l|join", "people|join(', ', attribute='name')", "mixed|join('|')", "words|map('upper')|join", "'abc'|join('-')", "el|join(',')", "m|join(',')", "5|join", "'a,b'|split(',')", "s|nope", "s|truncate(5)", "'a b c'|truncate(3, true)", "'x y z'|urlencode", "'foo'|wordwrap(2)",
        "'a<br>b'|striptags", "'A-b'|pprint", "1000|filesizeformat", "'a'|attr('upper')()", "m|attr('b') is undefined", "m|attr('items') is defined",
    ),
    ("filters of numbers", "values"): each(
        "'42'|int", "'4x'|int", "'4x'|int(9)", "'4x'|int(default=-1)", "3.9|int", "-3.9|int", "'3.9'|int", "' 7 '|int", "'0x1A'|int(0, 16)", "'101'|int(base=2)", "true|int", "nil|int", "l|int", "'1_000'|int", "'-5'|int", "''|int",
        "'2.5'|float", "'x'|float", "'x'|float(1.5)", "3|float", "'1e3'|float", "nil|float", "' 2 '|float", "'inf'|float", "'nan'|float",
        "2.5|round", "3.5|round", "2.567|round(2)", "2.567|round(1, 'floor')", "2.51|round(0, 'ceil')", "1234.5|round(-2)", "7|round", "2.675|round(2)", "0.5|round|int", "-0.4|round", "2.5|round(method='common')", "1.15|round(1)", "42.55|round(1, 'floor')", "'x'|round", "7|round(0, 'nope')", "true|round", "25|round(-1)", "1e300|round(2)",
        "-5|abs", "-2.5|abs", "neg|abs", "'x'|abs", "true|abs", "l|sum", "[1.5, 2]|sum", "people|sum(attribute='age')", "l|sum(start=10)", "el|sum", "['a']|sum", "l|min", "l|max", "el|min", "el|max is undefined", "words|min", "words|max", "words|max(case_sensitive=true)", "people|min(attribute='age')", "people|map(attribute='name')|max", "[1, 'a']|max", "'hello'|max", "m|min",
        "1234567|string", "1e16", "1e15", "123456789.125", "1e-5", "0.0001", "1.0", "100000000000000000000.0", "1.5e300", "-0.0", "0.1 + 0.2", "1/3", "2/1", "big", "5e-324", "1e22", "9007199254740993", "1_000", "0x10", "0b11", "0o17",
    ),
    ("filters of lists", "values"): each(
        "l|length", "m|length", "el|length", "m|count", "5|length", "nil|length", "missing|length", "l|first", "l|last", "m|first", "m|last", "el|first", "el|last", "people|first", "l|list", "m|list", "'ab'|list", "range(3)|list", "missing|list", "5|list",
        "m|items|list", "missing|items|list", "l|items|list", "m|dictsort", "m|dictsort(true)", "m|dictsort(reverse=true)", "{'a': 2, 'b': 1}|dictsort(by='value')", "{'a': 2, 'b': 1}|dictsort(false, 'value', true)", "l|dictsort", "{'b': 1, 'a': 2}|dictsort|first", "{1: 2, 'a': 3}|dictsort",
        "l|sort", "l|sort(reverse=true)", "l|sort(true)", "words|sort", "words|sort(case_sensitive=true)", "people|sort(attribute='name')|map(attribute='name')|list", "people|sort(attribute='age,name')|map(attribute='name')|list", "people|sort(attribute='age', reverse=true)|map(attribute='name')|list", "mixed|sort", "m|sort", "'hello'|sort", "[[2, 1], [1, 2]]|sort", "[true, false, 0.5]|sort", "[none, 1]|sort", "people|sort(attribute='ok')",
        "words|unique|list", "words|unique(true)|list", "mixed|unique|list", "people|unique(attribute='age')|map(attribute='name')|list", "'abca'|unique|join", "[[1], [1]]|unique|list", "l|reverse|list", "m|reverse|list", "l|reverse", "words|map('lower')|list", "words|map('upper')|map('lower')|join", "people|map(attribute='name')|list", "people|map(attribute='address.city')|list", "people|map(attribute='address.city', default='-')|list", "people|map(attribute='tags.0')|list", "people|map(attribute='tags', default='q')|list", "l|map('string')|join('+')", "words|map('replace', 'b', 'X')|list", "l|map('nope')|list", "l|map|list", "[[1, 2], [3]]|map('length')|list", "[[1, 2], [3]]|map('first')|list", "[[1, 2], [3]]|map(attribute=0)|list", "['a', 'bc']|map('length')|sum", "[(1, 2)]|map('last')|list", "words|map('default', 'x')|list", "['1', '2']|map('int')|sum", "[1.234]|map('round', 1)|list",
        "l|select|list", "mixed|select('string')|list", "mixed|select('number')|list", "mixed|reject('none')|list", "l|select('odd')|list", "l|select('gt', 1)|list", "l|select('>', 1)|list", "l|select('equalto', 2)|list", "l|reject('==', 2)|list", "l|select('in', [1, 2])|list", "l|select('divisibleby', 2)|list", "mixed|select|list", "mixed|reject|list", "l|select('nope')|list", "words|select('lower')|list", "[0, '', none, [], 1]|select|list", "l|select('sameas', 1)|list",
        "people|selectattr('ok')|map(attribute='name')|list", "people|rejectattr('ok')|map(attribute='name')|list", "people|selectattr('age', 'equalto', 30)|map(attribute='name')|list", "people|selectattr('age', '>=', 30)|list|length", "people|rejectattr('age', 'eq', 30)|map(attribute='name')|first", "people|selectattr('address', 'defined')|map(attribute='name')|list", "people|selectattr('address.city', 'eq', 'Rome')|list|length", "people|selectattr('tags')|list|length", "people|selectattr('name', 'in', ['bob', 'carl'])|map(attribute='name')|join", "people|selectattr('ok', 'none')|list|length", "people|selectattr|list", "people|rejectattr('address', 'undefined')|list|length", "people|selectattr('name', 'string')|list|length", "people|selectattr('ok', 'true')|list|length",
        "l|batch(2)|list", "range(5)|batch(2, 'x')|list", "range(5)|batch(3)|map('sum')|list", "el|batch(2)|list", "range(7)|slice(3)|list", "range(7)|slice(3, 'x')|list", "range(2)|slice(3)|list", "range(6)|slice(3)|map('list')|list", "el|slice(2)|list", "'abcdef'|batch(4)|map('join')|list", "l|slice(0)|list", "l|batch(0)|list",
        "people|groupby('age')|map('first')|list", "people|groupby('age')|map(attribute='grouper')|list", "people|groupby('age')|map(attribute='list')|map('length')|list", "people|groupby('address.city', default='?')|map('first')|list", "missing|default('d')", "nil|default('d')", "nil|default('d', true)", "e|default('d', true)", "e|default('d')", "missing|d", "missing.x|default('d')", "m.q|default(5)", "z|default(1, boolean=True)", "missing|default", "m.a.b.c|default('x')", "missing|default(default_value='v')", "people[9]|default('none')", "people[9].name|default('none')",
        "m|tojson", "l|tojson", "s|tojson", "u|tojson", "u|tojson(ensure_ascii=true)", "'<a>&\\'\"\\\\/\\n\\t\\u0001\\x7f\\u2028'|tojson", "'\\x7f🎉'|tojson(ensure_ascii=true)", "m|tojson(indent=2)", "people[0]|tojson(indent=4)", "em|tojson(indent=2)", "el|tojson(indent=2)", "[[], {}, [[]]]|tojson(indent=1)", "m|tojson(sort_keys=true)", "m|tojson(separators=(',', ':'))", "m|tojson(indent=2, separators=(',', ': '))", "m|tojson(indent=0)", "nil|tojson", "t|tojson", "2.50|tojson", "1e16|tojson", "1e22|tojson", "1e-7|tojson", "(1, 2)|tojson", "missing|tojson", "{1: 2, none: 3, true: 4, 1.5: 5}|tojson", "{(1, 2): 3}|tojson", "range(3)|tojson", "range(3)|list|tojson", "m.items()|tojson", "m.items()|list|tojson", "m.keys()|list|tojson", "{'a': missing}|tojson", "big|tojson", "namespace(a=1)|tojson", "m|tojson|length", "('<b>'|safe)|tojson", "m|tojson(indent='--')", "'inf'|float|tojson", "dict(a=1)|tojson", "people|tojson(indent=2)", "m|tojson(false, 2)",
        "{'a': {'b': [1, 2, {'c': none}]}}|tojson(indent=2)",
    ),
    ("tests", "values"): each(
        "n is defined", "missing is defined", "missing is undefined", "m.q is defined", "m.b is defined", "m['a'][1].c is defined", "missing.x is defined", "nil is none", "n is none", "missing is none", "s is string", "n is string", "n is number", "f is number", "t is number", "s is number", "m is mapping", "l is mapping", "l is iterable", "s is iterable", "m is iterable", "n is iterable", "missing is iterable", "nil is iterable", "range(2) is iterable", "l is sequence", "s is sequence", "m is sequence", "n is sequence", "range(2) is sequence", "(1, 2) is sequence", "t is boolean", "n is boolean", "nil is boolean", "n is integer", "f is integer", "t is integer", "f is float", "n is float", "1.0 is integer", "t is true", "1 is true", "t is false", "false is false", "0 is false",
        "n is odd", "n is even", "z is even", "neg is odd", "2.0 is even", "s is odd", "n is divisibleby 7", "n is divisibleby(2)", "n is divisibleby 0", "n is equalto 7", "n is eq(7)", "n is ==(7)", "n is ne 7", "n is gt 5", "n is greaterthan(5)", "n is lt 5", "n is lessthan 8", "n is ge 7", "n is le 6", "3 is in l", "9 is in(l)", "'a' is in 'abc'", "'a' is in m", "n is not in l", "1 is in n", "nil is sameas none", "n is sameas 7", "t is sameas true", "1 is sameas true", "1.0 is sameas 1", "l is sameas l", "s is lower", "'abc' is lower", "'ABC' is upper", "'123' is upper", "n is not none", "not n is none", "n is not defined", "s is callable", "range is callable", "namespace is callable", "s.upper is callable", "'upper' is filter", "'nope' is filter", "'odd' is test", "'nope' is test", "n is nope", "s is escaped", "'x'|e is escaped", "'x'|safe is escaped", "2.5 is odd", "4.0 is divisibleby 2", "range(3) is sequence", "m.items() is sequence", "m.items() is iterable", "n is number and n is odd", "n is odd == true", "n is divisibleby 7 and true", "l|length is odd", "1 + n is even", "-1 is number", "n is string or s is string", "(n is odd) ~ 'x'", "'a' ~ n is string", "n is in [1, 7] and t", "m is none or m is mapping", "l is sequence and l is not string and l is not mapping",
    ),
    ("slices", "values"): each(
        "s[0]", "s[-1]", "s[1:4]", "s[:3]", "s[-3:]", "s[::-1]", "s[::2]", "s[5:1:-1]", "s[-1:-4:-1]", "s[4::-2]", "s[:2:-1]", "s[100:]", "s[-100:3]", "s[3:-100]", "s[100::-1]", "s[:-100:-1]", "s[:]", "s[::]", "s[::0]", "s[1:4:1]", "u[2:5]", "u[::-1]", "l[0]", "l[-1]", "l[1:]", "l[::-1]", "l[:-1]", "l[-2::-1]", "l[::-2]", "l[5]", "l[5] is defined", "l['x']", "l[1.0]", "l[true]", "(1, 2, 3)[::-1]", "(1, 2, 3)[1:]", "range(10)[2:5]", "range(10)[::-3]|list", "range(10)[3]", "range(5)[-1]", "range(5)[9]", "m['b']", "m['q']", "m[1:2]", "n[0]", "nil[0]", "missing[0]", "missing[1:]", "s[n:]", "s[nil:2]", "s['a':]", "l[none]", "people[0]['tags'][-1]", "people[-1].address['city']", "m.a[1]['c']", "m.a[1].c[0]", "'abc'[1]", "[1, 2][0]", "{'x': 5}['x']", "{'x': 5}.x", "'🎉x'[0]", "'🎉x'[1:]", "l.0", "l.5", "people.0.name", "s.0", "m.a.1.c", "{0: 'zero'}[0]", "{0: 'zero'}.0", "{'0': 'x'}.0", "{1: 'a', 1.0: 'b', true: 'c'}", "{1: 2}[1.0]", "{true: 5}[1]", "{none: 5}[none]", "{[1]: 2}", "m[l]", "l[1:2] + l[:1]",
    ),
    ("methods of strings", "values"): each(
        "'  x '.strip()", "'xxaxx'.strip('x')", "'abcab'.lstrip('ba')", "'abcab'.rstrip('ab')", "' x '.lstrip() ~ '|'", "' x '.rstrip() ~ '|'", "'\\u00a0x\\u3000'.strip()", "s.split()", "' a  b '.split()", "'a,b,c'.split(',')", "'a,b,c'.split(',', 1)", "'a,b,c'.split(',', maxsplit=1)", "'a b c'.split(maxsplit=1)", "'a b  c '.split(none, 1)", "'a,b,c'.rsplit(',', 1)", "'a b c'.rsplit(none, 1)", "' a b  c '.rsplit(maxsplit=1)", "'abc'.split('')", "''.split()", "''.split(',')", "'a</think>b</think>c'.split('</think>')[-1]", "'a,b'.split(',')[0]", "'a,,b'.split(',')", "'a,b'.split(',', 0)", "'a,b'.split(',', -1)", "'a b'.split(5)",
        "s.startswith('Hell')", "s.startswith(('x', 'H'))", "s.startswith([1])", "s.endswith('d')", "s.endswith(('x', 'ld'))", "s.startswith('W', 7)", "s.startswith('')", "s.endswith('World', 3)", "s.startswith('ello', 1, 4)", "s.upper()", "s.lower()", "'hello wORLD it\\'s 3rd x2y'.title()", "'hELLO'.capitalize()", "'aBc ß'.swapcase()", "'ß'.upper()", "'İ'.lower()|length", "'ΑΣ'.lower()", "'ΑΣ Σ'.lower()", "'ﬁ'.upper()", "'ﬁx'.capitalize()", "'ﬁx y'.title()", "'ΣΑΣ'.title()", "'ΟΔΟΣ'|lower", "'ΟΔΟΣ'|capitalize", "'Straße'.casefold()",
        "s.replace('l', 'L')", "s.replace('l', 'L', 2)", "s.replace('', '-')", "s.replace('', '-', 3)", "s.replace('l')", "s.replace(1, 2)", "s.find('o')", "s.find('zz')", "s.find('o', 5)", "s.find('o', 5, 7)", "s.rfind('o')", "s.rfind('o', 0, 5)", "s.find('')", "s.index('o')", "s.index('q')", "s.rindex('l')", "s.count('l')", "s.count('')", "'aaaa'.count('aa')", "s.count('l', 4)", "u.find('🎉')", "'-'.join(['a', 'b'])", "'-'.join([1])", "'-'.join('abc')", "''.join(words)", "', '.join(m)", "'-'.join([])", "'-'.join(words|map('upper'))", "'x'.join(5)",
        "'{} {}'.format(1, 'a')", "'{0}{1}{0}'.format('a', 'b')", "'{x}-{y}'.format(x=1, y=2)", "'{:>5}|{:<5}|{:^5}'.format('a', 'b', 'c')", "'{:05.2f}'.format(3.14159)", "'{:,}'.format(1234567)", "'{{}}'.format()", "'{!r}'.format('x')", "'{:d}'.format(5)", "'{:x}'.format(255)", "'{:.3}'.format('abcdef')", "'{:*^7}'.format('x')", "'{a[0]}'.format(a=[1, 2])", "'{a.b}'.format(a=1)", "'{} {0}'.format(1)", "'{}'.format()", "'{x}'.format()", "'{:.1%}'.format(0.256)", "'{:e}'.format(12345.678)", "'{:+d}'.format(5)", "'{:b}'.format(5)", "'{:#x}'.format(255)", "'{:>{w}}'.format('a', w=4)", "'{:s}'.format('a')", "'{:d}'.format('a')", "'{}'.format(none)", "'{}'.format(l)", "'{:,.2f}'.format(1234.5)", "'{:08.3f}'.format(-3.14159)", "'{:_}'.format(1234567)", "'{:g}'.format(0.00001)",
        "'abc'.isalpha()", "'a1'.isalnum()", "'12'.isdigit()", "'²'.isdigit()", "'½'.isnumeric()", "'½'.isdigit()", "'12'.isdecimal()", "'²'.isdecimal()", "''.isalpha()", "'abc'.islower()", "'ABC'.isupper()", "'Ab C'.istitle()", "' \\t'.isspace()", "''.isspace()", "'abc'.isidentifier()", "'abc'.isascii()", "'é'.isascii()", "'a\\nb\\r\\nc'.splitlines()", "'a\\nb\\n'.splitlines()", "'a\\nb\\n'.splitlines(true)", "''.splitlines()", "'a-b-c'.partition('-')", "'a-b-c'.rpartition('-')", "'abc'.partition('-')", "'abc'.rpartition('-')", "'abc'.removeprefix('a')", "'abc'.removesuffix('c')", "'abc'.removeprefix('x')", "'x'.center(5)", "'ab'.center(5, '*')", "'x'.ljust(4) ~ '|'", "'x'.rjust(4, '0')", "'-5'.zfill(4)", "'+5'.zfill(4)", "'5'.zfill(3)", "'a\\tb'.expandtabs(4)", "'abc'.encode()", "'abc'.nope()", "'abc'.upper", "s.upper is defined", "s.nope is defined", "s.__class__", "s['upper']()", "s.strip().lower().split(',')[1].strip()", "'%s and %s' % ('a', 'b')", "'%d%%' % 5", "'%s' % 'x'", "'%s' % [1, 2]", "'%(a)s' % {'a': 1}", "'%s %s' % ('a',)", "'%5d|%-5d|%05d' % (3, 4, -5)", "'%*d' % (5, 3)", "'%s' % none", "'%.1f' % 0.25", "'%%' % ()", "'%x' % -255", "'%#x' % 255", "'{:5}|{:5}'.format(3, 'x')", "'{:.2f} {} {:d}'.format(true, true, true)", "'{:>5}'.format(none)", "'{:010,}'.format(1234)", "'{:,}'.format(1234567.5)", "'{:c}{:o}{:X}'.format(65, 8, 255)", "'{:.3} {:.3} {:10.3}|'.format(3.14159, 1.0, 1234.5)", "'{:g} {:.0f}'.format(3.0, 2.5)", "'{:=+6d}{: }'.format(3, 4)", "'{:8}|'.format(1.5)", "'{0:>{1}}'.format('a', 4)", "'{a[b]}'.format(a={'b': 5})", "'{:q}'.format(1)", "'{:.3} {:.3} {:.3}'.format(123.4, 1200.0, 0.00012345)", "'{:.1} {:.5} {:.0}'.format(0.0, 99999.5, 7.0)", "'{:.3} {:.3}'.format(12.3456, 9.9996)", "'{:12.4}|{:<12.4}|'.format(2.0, -0.00001)", "'{'.format()", "'}'.format()", "'x' % 5", "'abc'.translate({97: 'x'})", "s.format_map({})",
    ),
    ("methods of lists and mappings", "values"): each(
        "l.append(4)", "l.pop()", "l.extend([1])", "l.insert(0, 1)", "l.sort()", "l.reverse()", "l.clear()", "l.remove(1)", "l.index(1)", "l.index(9)", "l.count(1)", "l.copy()", "[1].append", "m.get('b')", "m.get('q')", "m.get('q', 5)", "m.get('B', 5)", "m.get()", "m.items()", "m.keys()", "m.values()", "m.items()|list", "m.keys()|list", "m.values()|list", "m.keys()|length", "m.update({'x': 1})", "m.pop('a')", "m.setdefault('q', 1)", "m.clear()", "m.popitem()", "m.copy()", "m.nope", "m.nope()", "m.nope.x", "m.get", "m.items", "{'items': 5}.items", "{'items': 5}['items']", "{'get': 1}.get", "{'get': 1}['get']", "{'keys': [1]}.keys()|list", "(1, 2).count(1)", "(1, 2).index(2)", "l.length", "l.__len__()", "m.__class__", "m|attr('__class__')", "dict(a=1, b=2)", "dict([('a', 1)])", "dict({'x': 1}, y=2)", "dict()", "dict(a=1).a", "dict(m, z=1).z", "dict.fromkeys(['a'], 1)", "range(3)", "range(1, 4)|list", "range(5, 0, -2)|list", "range(0)|list", "range('a')", "range(1, 2, 3, 4)", "range(3)|length", "2 in range(3)", "range(10)[20:]", "range(3) == [0, 1, 2]", "range(3) + [1]", "m.keys() == m.keys()", "m.items()[0]", "m.keys()|join", "m.values()|first", "m.items()|last", "range(3)|last", "range(4)|join(',')", "range(3)|reverse|list", "range(3)[1]", "range(3) == range(3)", "range(0, 3)", "range(1, 7, 2)", "lipsum is defined", "cycler is defined", "joiner is defined", "namespace(a=1).a", "loop is defined", "self is defined", "cycler('a', 'b').next()", "joiner(', ')() ~ 'x'",
    ) + [
        "{% set x = [1] %}{{ x.append(2) }}{{ x }}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}", "{% set j = joiner('|') %}{% for i in [1, 2, 3] %}{{ j() }}{{ i }}{% endfor %}",
        "{% for k, v in m.items() | list %}{{ k }}{{ v }}{% endfor %}", "{% for k in m.keys() %}{{ k }}{% endfor %}{% for v in m.values() %}{{ v }}{% endfor %}", "{{ m.items() | first }}{{ m.items() | length }}", "{% if 'a' in m.keys() %}y{% endif %}{% if 1 in m.values() %}y{% endif %}", "{{ m.keys()[0] }}",
    ],
    ("arithmetic", "values"): each(
        "1 + 2", "7 // 2", "-7 // 2", "7 // -2", "7 % 3", "-7 % 3", "7 % -3", "-7 % -3", "7.5 // 2", "-7.5 // 2", "7.5 % 2", "-7.5 % 2", "7 / 2", "4 / 2", "2 ** 10", "2 ** -1", "2 ** 0.5", "-2 ** 2", "2 ** 3 ** 2", "(-2) ** 3", "2 ** 3 * 2", "1 // 0", "1 / 0", "1 % 0", "1.0 // 0", "0 ** 0", "n * 2.0", "'ab' * 3", "3 * 'ab'", "[1] * 3", "2 * [1, 2]", "(1, 2) * 2", "2 * (1,)", "'a' * -1", "'a' * 1.5", "'a' + 1", "1 + 'a'", "[1] + (2,)", "(1,) + (2,)", "[1] + [2]", "'a' + nil", "nil + 1", "t + t", "t * 3", "-t", "+n", "-n", "--n", "-s", "+s", "-nil", "n - f", "f * f", "1 - 1.5", "5 - -3", "1 ~ 2", "'a' ~ 1 ~ nil ~ true ~ 1.5 ~ [1]", "1 + 2 ~ 3", "1 ~ 2 * 3", "'a' ~ 'b' * 2", "missing ~ 'x'", "missing + 1", "1 + missing", "{} + {}", "{'a': 1} + {'b': 2}", "m - 1", "10 - 4 - 3", "2 * 3 + 4 * 5", "2 + 3 * 4 - 1", "(2 + 3) * 4", "100 // 7 % 4", "1 + 1 == 2", "n // 2 * 2 == n", "1e3", "1.5e-3", "10 ** 20", "9223372036854775807", "9223372036854775807 + 1", "2 ** 63", "2 ** 62 + 2 ** 62", "3037000500 * 3037000500", "-9223372036854775807 - 2", "7 // 2.0", "0.1 * 3", "1e308 * 10", "5 % 2.5", "'%.2f' % (1 / 3)", "(1, 2) + (3,)", "(1, 2)", "((1, 2), [3])", "(1)", "n|abs + 1", "-n|abs", "-5|abs - 1", "2|float / 4", "1 if 1 + 1 == 2 else 0",
    ),
    ("comparison", "values"): each(
        "1 < 2 < 3", "1 < 3 < 2", "1 == 1.0", "1 == true", "0 == false", "'1' == 1", "'a' < 'b'", "'B' < 'a'", "[1, 2] < [1, 3]", "[1] < [1, 0]", "(1, 2) == (1, 2)", "[1] == (1,)", "[1] == [1.0]", "{} == {}", "{'a': 1} == {'a': 1.0}", "{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "nil == none", "nil == false", "missing == missing", "missing == nil", "missing == other", "missing != 1", "1 < 'a'", "nil < 1", "[] < 1", "missing < 1", "1 != 2", "1 <> 2", "n >= 7 >= z", "1 < 2 == true", "(1 < 2) == true", "3 > 2 > 1 > 0", "1 == 1 == 1", "'é' < 'z'", "'🎉' > 'ﬀ'", "true > false", "n in l", "3 in l", "'a' in m", "1 in m", "'ell' in s", "'' in s", "'x' not in s", "1 in 'a1'", "1 in nil", "1 in missing", "1 in n", "missing in l", "nil in mixed", "not 1 in l", "not (1 in l)", "1 not in l", "'a' in 'abc' in 'xabc'", "1 in l and 2 in l", "1.0 in l", "true in l", "'1' in mixed", "[1] in [[1]]", "(1 in l) == true", "'a' == 'a' and 'b' != 'c'", "'a' == \"a\"", "f == 2.5", "n == 7.0 != 8", "n is odd and n > 5", "not n == 7", "not n > 5 or n", "1 or 0 and boom", "'role' in {'role': 1}", "'b' in ['a', 'b']", "'b' in ('a', 'b')", "[] == []", "[none] == [none]", "m == m",
    ),
    ("literals", "values"): each(
        "'a\\nb\\tc\\\\d\\'e'", "\"a\\\"b'c\"", "'a\"b'", "'\\u00e9\\x41\\U0001F389'", "'\\101\\0x'", "'\\d\\q'", "'\\a\\b\\f\\v'|tojson", "'\\N{BULLET}'", "'\\xZZ'", "'\\u12'", "'line\\\ncontinued'", "'two\nlines'", "'é世🎉'", "'a' 'b' \"c\"", "true", "True", "false", "False", "none", "None", "null", "TRUE", "[1, 'a', none, true, 1.5, [2], {'k': (1,)}]", "{'a': 1, 'b': [1]}", "{}", "[]", "()", "(1,)", "(1, 'a')", "[1, 2,]", "{'a': 1,}", "[,]", "{'a' 1}", "{a: 1}", "{n: 'seven'}", "{'a': 1, 'a': 2}", "['it\\'s']", "['\"']", "['it\\'s \"x\"']", "['\\n\\t\\x00\\x7f\\u00a0é\\\\']", "['\\u200b🎉\\ud7ff\\ue000']", "['\\x85\\u2028\\xad']", "[1e16, 1e-5, 0.1, 100.0]", "[-0.0]", "{'x': none}", "[missing]", "[s.upper]", "'' ~ [true, none]", "1.", ".5", "1e5", "1E+5", "1_0.5_0", "0777", "1__0", "@", "a b", "'unclosed", "{{ 1 }}", "1 }} }} {{ 2", "'}}'", "'%}'", "'{{'", "'{#'", "(1", "[1", "1)", "n;", "a ? b : c", "!n", "n && t", "n || t", "[i for i in l]", "lambda x: x", "n if", "'a'.", ".n", "n..x", "n[", "n[]", "f(", "l|", "l|join(", "n is", "not", "n not", "n not 5", "n in", "1 +", "* 2", "n, s", "n,", "n = 5", "n == ", "n := 5", "\\n", "$n", "ñ", "_x", "x1|default('ok')", "1x",
    ),
    ("white space", "chat"): [
        "a\n{% if true %}\nb\n{% endif %}\nc\n", "a\n  {% if true %}\n  b\n  {% endif %}\nc", "a {% if true %} b {% endif %} c", "a\n  {%- if true -%}  \n b \n {%- endif -%} \n c", "a\n  {%+ if true %}\nb{% endif +%}\nc", "  {{ 1 }}  \n{{ 2 }}\n", "a  {{- 1 -}}  b", "a\n{{- 1 }}\n{{ 2 -}}\nb", "{# c #}\na", "a\n  {# c #}\nb", "a {#- c -#} b", "a\n  {#- c #}\n b", "a\n{# multi\nline #}\nb", "\n\na\n\n", "a\n\n", "a\n", "\n", "", "{% if true %}\n\n  a\n\n{% endif %}", "\t {% if true %}x{% endif %}", "x\t {% if true %}y{% endif %}", "{% for i in range(2) %}\n  - {{ i }}\n{% endfor %}\nend", "{% for i in range(2) -%}\n  - {{ i }}\n{% endfor %}\nend", "a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc\r\n", "a\rb", "{{ 'a' }}\n\n{{ 'b' }}", "{{ 'a' }}{% set x = 1 %}\n{{ x }}", "{% set x = 1 %}\n{% set y = 2 %}\n\n{{ x + y }}", "{% raw %}\n{{ x }}\n{% endraw %}\n.", "{%- raw -%}\n {{ x }} \n{%- endraw -%}\n.", "a {% raw %}{% if %}{# x #}{{ '}}' }}{% endraw %} b", "{% raw %}{% raw %}{% endraw %}", "  {% raw %} x {% endraw %}  \n y", "{% raw %}x\n  {% endraw %}\ny", "{{ '{{' }}{{ '{%' }}", "{ { } } { % % }", "a { b } c % d # e", "{{1}}{%if 1%}x{%endif%}", "{{-1}}", "{{- -1}}", "{{ 1 -}}   x", "{{+1}}", "{%if true-%}  a  {%-endif%}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ {'a': 1}}}", "{{ {} }}", "{%\n  set x = 1\n%}\n{{\n  x\n}}", "{% set x = [\n 1,\n 2\n] %}{{ x }}", "{# {{ 1 }} {% if %} #}x", "{#a#}{#b#}\n{#c#}", "{# unclosed", "{% unclosed", "{{ unclosed", "{% endif %}", "{% unknown %}", "{%%}", "{{}}", "{% set x = 1 %}   \n  b", "a   \n\n   {% set x = 1 %}\n   b", "\u00a0{% set x = 1 %}\nb", "\u3000 {%- set x = 1 -%} \u2003 b", "a\x0b{%- set x = 1 %}b", "{% if true %}{% endif %}\n\n{% if true %}{% endif %}\nx", "{{ 1 }}{# c #}\n  {{ 2 }}", "  {# c #}  x", "{% set x = 1 -%}\n\n\n  b", "line one\n    {%- for i in [1, 2] %}\n    {{ i }}\n    {%- endfor %}\nlast",
    ],
    ("generation", "chat"): [
        "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}",
        "{% generation %}\na\n{% endgeneration %}\nb", "{% generation %}{% set x = 1 %}{{ x }}{% endgeneration %}{{ x is defined }}", "{% generation %}x", "{% for m in messages %}{% generation %}{{ loop.index }}{% endgeneration %}{% endfor %}",
        "{% set ns = namespace(a=0) %}{% generation %}{% set ns.a = 1 %}{% endgeneration %}{{ ns.a }}", "{%- generation -%} x {%- endgeneration -%} ",
    ],
    ("whole templates", "chat"): [
        "{{ bos_token }}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
        "{%- for m in messages %}\n    {%- if m.role == 'system' %}\n        {{- raise_exception('no system here') }}\n    {%- endif %}\n{%- endfor %}",
        "{%- set ns = namespace(last=-1) -%}\n{%- for m in messages -%}\n  {%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}\n{%- endfor -%}\n{{- ns.last }}",
        "{%- for m in messages[::-1] %}\n  {%- set index = (messages | length - 1) - loop.index0 %}\n  {{- index }}{{ m.role[:1] }}\n{%- endfor %}",
        "{% for m in messages %}{{ m['content'] | trim }}{{ '\\n' if not loop.last }}{% endfor %}", "{{ strftime_now('%Y-%m-%d') }} {{ strftime_now('%d %b %Y') }}", "{{ strftime_now('%A, %B %d, %Y %H:%M:%S %j %y') }}",
        "{{ messages | tojson }}", "{{ messages[1] | tojson(indent=2) }}", "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | map('trim') | list }}", "{{ (messages | selectattr('role', 'equalto', 'system') | list)[0].content }}", "{{ messages | rejectattr('role', 'in', ['system', 'user']) | list | length }}",
        "{{ messages | map(attribute='role') | unique | join(',') }}", "{{ messages | groupby('role') | map('first') | join(',') }}", "{% set roles = messages | map(attribute='role') | list %}{{ roles[-1] }}{{ 'tool' in roles }}", "{{ raise_exception('no: ' ~ messages[0].role) }}", "{{ messages[0].nope.deeper }}", "{{ messages[9].role }}", "{{ messages[0].content.nope() }}", "{{ nope() }}", "{{ messages() }}", "{{ messages[0]['nope'] }}.", "{{ tools is none }}{{ documents is none }}{{ tools is defined }}", "{{ bos_token ~ eos_token }}{{ pad_token is defined }}", "{{ messages[0] }}", "{{ messages[0].content.split()[-1] }}", "{{ add_generation_prompt }}{{ not add_generation_prompt }}",
        "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{{ add_generation_prompt }}", "{{ '%s: %s' | format(messages[0].role, messages[0].content) }}", "{{ messages[1].content | e }}", "{{ messages[1].content.strip() | tojson | upper }}", "{{ messages[2].content[::-1] }}", "{{ messages[2].content | length }}", "{% set m = messages[0] %}{% set x = m.content.replace('brief', 'long') %}{{ x }}{{ m.content }}",
    ],
    ("whole templates", "closed"): [
        "{% if add_generation_prompt %}gen{% else %}none{% endif %}", "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}{{ '<assistant>' if add_generation_prompt }}", "{% set first = messages[0] if messages[0].role == 'system' else {} %}{{ first.get('content', '') }}",
    ],
    ("tools", "tools"): [
        "{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}", "{% for tool in tools %}{{ tool.function | tojson(indent=4) }}\n{% endfor %}", "{{ tools | map(attribute='function') | map(attribute='name') | join(', ') }}", "{% for t in tools %}{% set f = t.function %}{{ f.name }}({% for k, v in f.parameters.properties.items() %}{{ k }}: {{ v.type if v.type is string else v.type | join('|') }}{{ ', ' if not loop.last }}{% endfor %}){{ f.description | default('-', true) }};{% endfor %}",
        "{% for m in messages %}{% if m.tool_calls is defined and m.tool_calls %}{% for c in m.tool_calls %}<tool_call>{{ {'name': c.function.name, 'arguments': c.function.arguments} | tojson }}</tool_call>{% endfor %}{% endif %}{% endfor %}", "{% for m in messages %}{{ m.content if m.content is string else '(' ~ (m.content | string) ~ ')' }}|{% endfor %}", "{% for m in messages %}{% if m.content is none %}none{% elif m.content is string %}s{% elif m.content is iterable %}{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% else %}<{{ p['type'] }}>{% endif %}{% endfor %}{% endif %};{% endfor %}",
        "{% for d in documents %}Document {{ loop.index0 }}\n{% for k, v in d.items() %}{{ k | title }}: {{ v }}\n{% endfor %}{% endfor %}", "{{ documents | length }}{{ documents[0].title }}", "{{ messages[1].content ~ '' }}", "{{ messages[1].content + '' }}", "{{ messages[2].content | tojson }}", "{{ messages[3].content | selectattr('type', 'equalto', 'text') | map(attribute='text') | join }}", "{{ messages[1].tool_calls[0].function.arguments | items | list }}", "{% for k, v in messages[1].tool_calls[0].function.arguments | items %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in messages[1].tool_calls[0].function.arguments | dictsort %}{{ k }}={{ v | tojson }};{% endfor %}", "{{ messages[0].tool_calls is defined }}{{ messages[0].tool_calls is none }}{{ messages[0]['tool_calls'] | default([]) }}", "{% if tools is not none and tools | length > 0 %}yes{% endif %}", "{{ tools[0].function.parameters.properties | dictsort | map('first') | list }}", "{{ tools[0].function.parameters.required | tojson }}{{ 'city' in tools[0].function.parameters.required }}", "{{ tools[1].function.parameters.properties.items() }}", "{{ tools[1].function.parameters.properties is defined }}", "{{ tools[0]['function']['parameters'] | tojson(indent=2) | indent(4) }}", "{%- macro type(p) -%}{%- if p.enum is defined -%}{{ p.enum | join(' | ') }}{%- elif p.type is string -%}{{ p.type }}{%- else -%}{{ p.type | reject('equalto', 'null') | join }}?{%- endif -%}{%- endmacro -%}{% for k, p in tools[0].function.parameters.properties.items() %}{{ k }}: {{ type(p) }}\n{% endfor %}", "{{ messages[2].content.startswith('{') }}{{ messages[2].name }}", "{{ tools[0] == tools[0] }}{{ tools[0] in tools }}", "{% if messages[1].content %}a{% else %}b{% endif %}", "{% for m in messages %}{{ m.get('name', '-') }}{% endfor %}", "{{ messages[1].items() | list | length }}", "{{ messages | map(attribute='tool_calls') | select('defined') | list | length }}", "{{ messages | selectattr('tool_calls', 'defined') | map(attribute='role') | list }}", "{{ tools | tojson | length }}", "{{ tools }}",
    ],
}


def render(template, context):
    variables = {"tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>", **copy.deepcopy(context)}
    pinned = datetime.fromtimestamp(1_721_952_000, timezone.utc)
    return _compile_jinja_template(template).render(strftime_now=pinned.strftime, **variables)


def main():
    cases = []
    for (feature, context), templates in CASES.items():
        for template in templates:
            case = {"feature": feature, "template": template, "context": context}
            try:
                case["output"] = render(template, CONTEXTS[context])
                if re.search(r"<[\w. ]+ object at 0x|<function|<built-in|<bound method|<generator", case["output"]):
                    continue  # How Python spells an object says nothing.
            except Exception:  # Whatever fails must fail; what it fails with is worded by each engine.
                case["error"] = True
            cases.append(case)
    golden = {
        "made_with": {"transformers": transformers.__version__, "jinja2": jinja2.__version__},
        "contexts": CONTEXTS,
        "cases": cases,
    }
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    text = json.dumps({**golden, "cases": "CASES"}, ensure_ascii=True).replace('"CASES"', "[\n" + lines + "\n]")
    pathlib.Path(__file__).with_name("goldens.json").write_text(text + "\n")
    print(len(cases), "cases,", sum("error" in case for case in cases), "errors,", len(text), "bytes")


if __name__ == "__main__":
    main()
