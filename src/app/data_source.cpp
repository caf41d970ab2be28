#include "data_source.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/data_condition.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

std::optional<char> delimiter_of(const DataRequest& request) {
  if (!request.delimiter) return request.format == "tsv" ? std::optional{'\t'} : std::nullopt;
  if (*request.delimiter == "tab" || *request.delimiter == "\\t") return '\t';
  const bool is_usable =
      request.delimiter->size() == 1 && request.delimiter->find_first_of("\"\r\n") == std::string::npos;
  if (is_usable && static_cast<unsigned char>(request.delimiter->front()) < 0x80) return request.delimiter->front();
  throw Error{ErrorKind::usage,
              fmt::format("`--delimiter {}` is not one character", printable(*request.delimiter)),
              {"such as `--delimiter ';'` or `--delimiter tab`"}};
}

formats::TableOptions table_options(const DataRequest& request) {
  formats::TableOptions options{.name = request.data, .format = std::nullopt, .delimiter = delimiter_of(request)};
  if (!request.format) return options;
  options.format = formats::table_format_named(*request.format);
  if (options.format) return options;
  throw Error{ErrorKind::usage,
              fmt::format("`--format {}` is not known", printable(*request.format)),
              {"it is csv, tsv, jsonl or npy"}};
}

}  // namespace

DataSource open_data(const Context& context, const DataRequest& request) {
  DataSource data;
  data.options = table_options(request);
  const fs::path path = context.directory / request.data;
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) {
    throw Error{
        ErrorKind::usage, fmt::format("`{}` is a folder, not a table", printable(request.data)), {"name a file in it"}};
  }
  if (fs::exists(status)) {
    data.bytes = open_byte_source(path);
    return data;
  }
  if (domain::looks_like_table_file(request.data)) {
    throw Error{ErrorKind::not_found,
                fmt::format("no file `{}`", printable(request.data)),
                {"a dataset of the registry is named DATASET[@REF], such as train@latest"}};
  }
  data.workspace = std::make_unique<Workspace>(context, Access::read);
  const auto view = data.workspace->read();
  const domain::Dataset dataset = resolve_dataset(*view, request.data);
  const auto files = view->dataset_files(dataset.name, dataset.number);
  if (files.size() != 1) {
    throw Error{ErrorKind::usage,
                fmt::format("{} has {} files: a table is one", dataset.text(), files.size()),
                {"`mlops dataset add NAME FILE` makes a dataset of one file"}};
  }
  data.dataset = dataset.text();
  data.digest = files.front().digest;
  data.options.name = files.front().path;
  data.bytes = artifacts::open_file(data.workspace->artifacts(), files.front());
  return data;
}

std::size_t threads_for_columns(std::size_t columns) {
  constexpr std::size_t most_kept = 1024;
  return std::clamp<std::size_t>(most_kept / std::max<std::size_t>(columns, 1), 1, table_threads);
}

}  // namespace mlops::app
