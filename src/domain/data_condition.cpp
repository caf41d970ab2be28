#include <mlops/domain/data_condition.hpp>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/domain/files.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/domain/reference.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "condition_text.hpp"
#include "segments.hpp"
#include "sentence_words.hpp"

namespace mlops::domain {
namespace {

using Part = ConditionText::Part;
using IsStage = std::function<bool(std::string_view)>;

struct Sentence {
  DataQuestion question;
  std::string_view name;
  std::string_view shape;
};

constexpr auto sentences = std::to_array<Sentence>({
    {DataQuestion::drift, "drift", "write `drift of DATA from DATA [in COLUMN, …] < SHARE`"},
    {DataQuestion::shift, "shift", "write `shift of COLUMN in DATA from DATA < SHARE`"},
    {DataQuestion::age, "age", "write `age of DATA [by COLUMN] <= NUMBER days`"},
    {DataQuestion::rows, "rows", "write `rows of DATA >= NUMBER`"},
    {DataQuestion::schema, "schema", "write `DATA holds to FILE`"},
    {DataQuestion::shared_rows, "shared_rows", "write `DATA and DATA share no rows`"},
    {DataQuestion::classes, "classes", "write `DATA covers the classes of DATA in COLUMN`"},
});

constexpr std::string_view any_sentence =
    "a condition on data is `drift of DATA from DATA < SHARE`, `shift of COLUMN in DATA from DATA < SHARE`, "
    "`age of DATA <= NUMBER days`, `rows of DATA >= NUMBER`, `DATA holds to FILE`, `DATA and DATA share no rows` or "
    "`DATA covers the classes of DATA in COLUMN`";

const Sentence& sentence_of(DataQuestion question) {
  return *std::ranges::find(sentences, question, &Sentence::question);
}

class DataSentenceReader {
 public:
  DataSentenceReader(std::string_view text, const IsStage& is_stage) : text_{text, any_sentence}, is_stage_{is_stage} {}

  DataCondition read() {
    condition_.text = text_.text();
    const Part whole = text_.part(0, text_.text().size());
    SentenceWords words{text_, whole, any_sentence};
    const Part first = words.next();
    const Part second = words.next();
    if (second.text == "of") {
      read_figure(first);
    } else {
      read_statement(first, second);
    }
    return std::move(condition_);
  }

 private:
  [[nodiscard]] std::string_view shape() const { return sentence_of(condition_.question).shape; }

  [[noreturn]] void fail(const Part& part, std::string_view why, std::string hint = {}) const {
    text_.fail(part.at, why, hint.empty() ? std::string{shape()} : std::move(hint));
  }

  // NAME of … OP VALUE
  void read_figure(const Part& name) {
    const auto known = std::ranges::find(sentences, name.text, &Sentence::name);
    if (known == sentences.end() || !is_figure(known->question)) {
      const auto near = near_miss(name.text, std::vector<std::string>{"drift", "shift", "age", "rows"});
      text_.fail(name.at, fmt::format("data have no figure `{}`", shown(name.text)),
                 near ? fmt::format("did you mean `{}`?", *near) : "the figures are drift, shift, age and rows");
    }
    condition_.question = known->question;
    const auto [left, comparison, right] = text_.sides();
    condition_.comparison = comparison;
    SentenceWords words{text_, left, shape()};
    words.next();
    words.next();
    read_subject(words);
    refuse_comparison(left);
    read_value(right);
  }

  void read_subject(SentenceWords& words) {
    switch (condition_.question) {
      case DataQuestion::drift:
        condition_.data = data_name(words.next());
        words.expect("from");
        condition_.other = data_name(words.next());
        if (!words.has_next()) return;
        words.expect("in");
        return read_columns(words.rest());
      case DataQuestion::shift:
        return read_shift(words.rest());
      case DataQuestion::age:
        condition_.data = data_name(words.next());
        if (!words.has_next()) return;
        words.expect("by");
        return read_column(words.rest());
      default:
        condition_.data = data_name(words.next());
        words.expect_end();
    }
  }

  // COLUMN in DATA from DATA: a column may have spaces in its name.
  void read_shift(const Part& part) {
    const std::size_t in = part.text.rfind(" in ");
    if (in == std::string_view::npos) fail(part, "there is no `in` that says of which data");
    read_column(text_.part(part.at, part.at + in));
    const std::size_t begin = part.at + in + 4;
    SentenceWords words{text_, text_.part(begin, part.at + part.text.size()), shape()};
    condition_.data = data_name(words.next());
    words.expect("from");
    condition_.other = data_name(words.next());
    words.expect_end();
  }

  // DATA VERB …
  void read_statement(const Part& subject, const Part& verb) {
    if (verb.text.empty()) text_.fail(verb.at, "the sentence has no verb");
    const bool is_known = verb.text == "holds" || verb.text == "and" || verb.text == "covers";
    if (!is_known) fail_verb(verb);
    if (verb.text == "holds") condition_.question = DataQuestion::schema;
    if (verb.text == "and") condition_.question = DataQuestion::shared_rows;
    if (verb.text == "covers") condition_.question = DataQuestion::classes;
    SentenceWords words{text_, text_.part(verb.at + verb.text.size(), text_.text().size()), shape()};
    condition_.data = data_name(subject);
    switch (condition_.question) {
      case DataQuestion::schema:
        words.expect("to");
        return read_schema(words.rest());
      case DataQuestion::shared_rows:
        condition_.other = data_name(words.next());
        for (const std::string_view word : {"share", "no", "rows"}) words.expect(word);
        return words.expect_end();
      default:
        for (const std::string_view word : {"the", "classes", "of"}) words.expect(word);
        condition_.other = data_name(words.next());
        words.expect("in");
        return read_column(words.rest());
    }
  }

  [[noreturn]] void fail_verb(const Part& verb) const {
    const auto near = near_miss(verb.text, std::vector<std::string>{"holds", "and", "covers", "of"});
    text_.fail(verb.at, fmt::format("nothing is asked of data by the word `{}`", shown(verb.text)),
               near ? fmt::format("did you mean `{}`?", *near) : std::string{any_sentence});
  }

  void read_schema(const Part& file) {
    if (file.text.empty()) fail(file, "there is no schema after `holds to`");
    condition_.schema = project_file(file);
  }

  void read_column(const Part& column) {
    if (column.text.empty()) fail(column, "there is no column here");
    condition_.columns.emplace_back(column.text);
  }

  void read_columns(const Part& columns) {
    for (const std::string& column : split(columns.text, ',')) {
      const std::string name{trim(column)};
      if (name.empty()) fail(columns, "there is no column here");
      if (std::ranges::find(condition_.columns, name) != condition_.columns.end())
        fail(columns, fmt::format("the column `{}` is named twice", shown(name)));
      condition_.columns.push_back(name);
    }
  }

  [[nodiscard]] std::string project_file(const Part& part) const {
    try {
      return check_file_path(part.text);
    } catch (const Error& error) {
      fail(part, error.message(), "name a file relative to the project");
    }
  }

  [[nodiscard]] DataName data_name(const Part& word) const {
    if (word.text.empty()) fail(word, "there are no data here");
    DataName name{.kind = DataName::Kind::role, .text = std::string{word.text}, .stage = {}, .role = {}};
    if (looks_like_table_file(word.text)) {
      name.kind = DataName::Kind::file;
      name.text = project_file(word);
      return name;
    }
    const std::size_t dot = word.text.find('.');
    if (dot != std::string_view::npos && is_stage_(word.text.substr(0, dot))) {
      name.kind = DataName::Kind::held;
      name.stage = word.text.substr(0, dot);
      name.role = word.text.substr(dot + 1);
      if (name.role.empty()) fail(word, "there is no role after the stage", "such as `production.train`");
      return name;
    }
    if (word.text.find('@') != std::string_view::npos) name.kind = DataName::Kind::dataset;
    try {
      if (name.kind == DataName::Kind::dataset) {
        static_cast<void>(parse_dataset_reference(word.text));
      } else {
        check_key("role", word.text);
      }
    } catch (const Error& error) {
      fail(word, error.message(), error.hints().empty() ? "" : error.hints().front());
    }
    return name;
  }

  // A gate that asks for much drift, or for old data, has its sign turned round.
  void refuse_comparison(const Part& left) const {
    if (condition_.question == DataQuestion::rows) return;
    const Part sign{{}, left.at + left.text.size()};
    const std::string_view name = sentence_of(condition_.question).name;
    if (asks_for_more(condition_.comparison)) fail(sign, fmt::format("more {} is worse", name), "did you mean `<=`?");
    if (condition_.comparison == Comparison::equal || condition_.comparison == Comparison::not_equal)
      fail(sign, fmt::format("a limit of the {} is wanted", name), "use `<` or `<=`");
  }

  void read_value(const Part& right) {
    if (condition_.question == DataQuestion::age) return read_span(right);
    const auto number = parse_double(right.text);
    if (condition_.question == DataQuestion::rows) {
      const auto rows = parse_integer(right.text);
      if (!rows || *rows < 0) fail(right, fmt::format("`{}` is no number of rows", shown(right.text)));
      condition_.value = static_cast<double>(*rows);
      return;
    }
    if (right.text.ends_with('%') && parse_double(trim(right.text.substr(0, right.text.size() - 1)))) {
      fail(right, fmt::format("`{}` is not a share", shown(right.text)), "write a share, such as 0.3 for 30 %");
    }
    if (!number || *number < 0 || *number > 1)
      fail(right, fmt::format("`{}` is not a share from 0 to 1", shown(right.text)));
    condition_.value = *number;
  }

  void read_span(const Part& right) {
    const auto span = parse_time_span(right.text);
    if (!span) fail(right, fmt::format("`{}` is no span of time", shown(right.text)), time_span_hint(right.text));
    condition_.value = static_cast<double>(*span);
  }

  ConditionText text_;
  const IsStage& is_stage_;
  DataCondition condition_;
};

}  // namespace

std::string_view name_of(DataQuestion question) { return sentence_of(question).name; }

std::string check_name(const DataCondition& condition) { return fmt::format("data.{}", name_of(condition.question)); }

bool is_figure(DataQuestion question) {
  return question == DataQuestion::drift || question == DataQuestion::shift || question == DataQuestion::age ||
         question == DataQuestion::rows;
}

DataCondition parse_data_condition(std::string_view text, const IsStage& is_stage) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) throw Error{ErrorKind::usage, "the condition is empty"}.hint(std::string{any_sentence});
  return DataSentenceReader{trimmed, is_stage}.read();
}

bool looks_like_table_file(std::string_view text) {
  constexpr auto endings =
      std::to_array<std::string_view>({".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".npy", ".parquet"});
  if (text.starts_with('/') || text.starts_with('.')) return true;
  return std::ranges::any_of(endings, [&](std::string_view ending) { return text.ends_with(ending); });
}

}  // namespace mlops::domain
