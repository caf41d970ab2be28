#include "jinja/jinja.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace mlops::formats {
namespace {

std::string first_rule(std::string_view text) {
  const std::vector<JinjaDanger> dangers = jinja_dangers(text);
  return dangers.empty() ? "" : dangers.front().rule;
}

// Written after the templates of the model families that are named beside them.
TEST_CASE("Jinja: the templates of real models are harmless") {
  const std::vector<std::string> templates{
      // ChatML
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + "
      "'\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
      // Llama 2
      "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = "
      "messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}"
      "{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
      "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
      "{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + "
      "'\\n<</SYS>>\\n\\n' + message['content'] %}{% endif %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
      "{% endfor %}",
      // Llama 3.1, with tools
      "{%- if not date_string is defined %}{%- if strftime_now is defined %}{%- set date_string = strftime_now(\"%d %b "
      "%Y\") %}{%- endif %}{%- endif %}{%- for t in tools %}{{- t | tojson(indent=4) }}{%- endfor %}"
      "{{- '{\"name\": \"' + tool_call.name + '\", ' }}{{- '\"parameters\": ' }}{{- tool_call.arguments | tojson }}",
      // Qwen 3
      "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}{%- for message in "
      "messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}{%- if ns.multi_step_tool and "
      "message.role "
      "== \"user\" and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>"
      "')) %}{%- set ns.multi_step_tool = false %}{%- endif %}{%- endfor %}{%- set content = "
      "message.content.split('</think>')[-1].lstrip('\\n') %}{{- content.split('</think>')[0].rstrip('\\n') }}",
      // Mistral
      "{%- set user_messages = loop_messages | selectattr(\"role\", \"equalto\", \"user\") | list %}{%- for key, val "
      "in "
      "tool.items() if key != \"return\" %}{%- if val is string %}{{- '\"' + key + '\": \"' + val + '\"' }}{%- endif %}"
      "{%- if not loop.last %}{{- \", \" }}{%- endif %}{%- endfor %}{{ (m.content | map(attribute='text') | join('')) "
      "}}",
      // Functions written as text of a programming language, as Command R and gpt-oss do
      "{%- macro render(spec) -%}{{ spec.name }}({% for p in spec.parameters.required|join(', ') %}{{ p }}{% endfor "
      "%}) "
      "-> List[Dict]{%- endmacro -%}{{ render(tools[0].function) }}{{ '_' }}{{ name|replace('_', ' ') }}",
      // Text outside of blocks is text; raw blocks and comments are too
      "import os; x.__class__ {# {{ x.__class__ }} #}{% raw %}{{ x.__class__ }}{% endraw %}",
      // A word that is printed or compared is only a word
      "{{ '__init__' }}{% if name == '__main__' %}x{% endif %}{{ 'lipsum cycler self.x os.system' }}",
      // Names of the template's own
      "{% set config = tools[0] %}{{ config.name }}{% for request in messages %}{{ request.content }}{% endfor %}",
      "{{ message.system }}{{ message['import'] }}{{ messages[loop.index0 + 1].role }}{{ x['a' + b] }}{{ f(self=1) }}",
      "{{ {'a': {'b': {}}} }}{{ '}}' }}{{ \"%}\" }}", "{", "{{", "{%", "{#", "", "{{ '", "}} %}"};
  for (const std::string& text : templates) {
    CAPTURE(text);
    const std::vector<JinjaDanger> dangers = jinja_dangers(text);
    CHECK((dangers.empty() ? "" : dangers.front().what) == std::string{});
  }
}

TEST_CASE("Jinja: ways out of a template are found") {
  struct Case {
    std::string_view rule;
    std::string_view text;
  };
  const std::vector<Case> cases{
      {"jinja.private", "{{ ''.__class__.__mro__[1].__subclasses__() }}"},
      {"jinja.private", "{{ x['__class__'] }}"},
      {"jinja.private", "{{ x [ \"__globals__\" ] }}"},
      {"jinja.private", "{{ (x)['__class__'] }}"},
      {"jinja.private", "{{ x._private }}"},
      {"jinja.private", "{{ x.mro() }}"},
      {"jinja.private", "{{ x['mro'] }}"},
      {"jinja.private", "{{ x.gi_frame.f_back }}"},
      {"jinja.private", "{{ messages|map(attribute='__class__')|list }}"},
      {"jinja.private", "{{ messages|map('attr', 'x') }}"},
      {"jinja.private", "{{ messages|selectattr('role.__class__') }}"},
      {"jinja.private", "{% set k = '__class__' %}{{ x[k] }}"},
      {"jinja.private", "{{ '{0.__class__}'.format(x) }}"},
      {"jinja.private", "{{ x[dict(__class__=1)|list|first] }}"},
      {"jinja.private", "{{ '}}' }}{{ x.__class__ }}"},
      {"jinja.private", "{{ {'a': {}}['a'].__class__ }}"},
      {"jinja.private", "{# c #}{% raw %}{% endraw %}{{ y.__class__ }}"},
      {"jinja.private", "{%- for c in [].__class__ -%}{% endfor %}"},
      {"jinja.private", "{{ x['__cla' + 'ss__'] }}"},
      {"jinja.private", "{{ x['__cla' ~ 'ss__'] }}"},
      {"jinja.attr", "{{ x|attr(y) }}"},
      {"jinja.attr", "{{ x | attr ('z') }}"},
      {"jinja.attr", "{% filter attr('z') %}x{% endfilter %}"},
      {"jinja.object", "{{ cycler }}"},
      {"jinja.object", "{{ joiner.x }}"},
      {"jinja.object", "{{ lipsum|string }}"},
      {"jinja.object", "{{ namespace.x }}"},
      {"jinja.object", "{{ self.x() }}"},
      {"jinja.object", "{{ request.application }}"},
      {"jinja.object", "{{ config.items() }}"},
      {"jinja.call", "{{ os.system('x') }}"},
      {"jinja.call", "{{ getattr(x, 'y') }}"},
      {"jinja.call", "{{ eval('1') }}"},
      {"jinja.statement", "{% import 'x' as y %}"},
      {"jinja.statement", "{%- include 'x' -%}"},
      {"jinja.statement", "{% from 'x' import y %}"},
      {"jinja.statement", "{% extends 'x' %}"},
      {"jinja.hidden", "{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}"},
      {"jinja.hidden", "{{ x['\\u005f_class__'] }}"},
      {"jinja.hidden", "{{ x['\\137\\137class__'] }}"},
      {"jinja.hidden", "{{ x['\\N{LOW LINE}_class__'] }}"},
      {"jinja.hidden", "{{ x['%c%cclass' | format(95, 95)] }}"},
      {"jinja.hidden", "{{ x['%c%cclass' % (95, 95)] }}"},
      {"jinja.hidden", "{{ x[('_', '_class_', '_')|join] }}"},
      {"jinja.hidden", "{{ x['_' + '_class_' + '_'] }}"},
      {"jinja.hidden", "{{ x[('_' * 2) ~ 'class' ~ ('_' * 2)] }}"},
      {"jinja.hidden", "{% set u = '_' %}{{ x[u ~ u ~ 'class' ~ u ~ u] }}"},
      {"jinja.hidden", "{{ x[dict(po=1, pen=2)|join] }}"},
      {"jinja.hidden", "{{ (()|select|string|list)[24] }}"},
      {"jinja.hidden", "{{ [x]|map('att' ~ 'r', messages[0].content) }}"},
      {"jinja.hidden", "{% set f = 'attr' %}{{ [x]|map(f, messages[0].content) }}"},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    CHECK(first_rule(example.text) == example.rule);
  }
}

TEST_CASE("Jinja: the place of a danger is told, and each but once") {
  const std::vector<JinjaDanger> dangers = jinja_dangers("text {{ a.__b__ }} {{ c.__b__ }} {{ d.__e__ }}");
  REQUIRE(dangers.size() == 2);
  CHECK(dangers[0].what == "reaches for `__b__`");
  CHECK(dangers[0].offset == 10);
  CHECK(dangers[1].what == "reaches for `__e__`");
}

TEST_CASE("Jinja: a hostile template takes no quadratic time") {
  std::string brackets = "{{ x";
  for (int i = 0; i < 300'000; ++i) brackets += "['_'~";
  CHECK_FALSE(jinja_dangers(brackets).empty());
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "{{ x.__a" + std::to_string(i) + "__ }}";
  CHECK(jinja_dangers(many).size() <= 50);
  std::string open;
  for (int i = 0; i < 300'000; ++i) open += "{% raw %}{#";
  CHECK(jinja_dangers(open).empty());
}

}  // namespace
}  // namespace mlops::formats
