#include <mlops/app/monitor_stream.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/formats/table_stream.hpp>
#include <mlops/formats/table_value.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "batch_counts.hpp"
#include "monitor_holdout.hpp"
#include "monitor_inputs.hpp"
#include "monitor_reference.hpp"
#include "monitor_time.hpp"
#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t piece_size = 256u << 10;
constexpr int wait_ms = 200;

// The same rows have the same digest, however they came in.
class RowDigest {
 public:
  void add(const formats::Columns& names, const formats::RowBatch& batch, std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        const formats::Cell& cell = batch.columns[i][row];
        if (cell.kind == formats::CellKind::missing) continue;
        text_ += names[i];
        text_ += '\x1d';
        text_ += cell.text;
        text_ += '\x1e';
      }
      text_ += '\x1f';
      if (text_.size() >= piece_size) flush();
    }
  }

  Digest take() {
    flush();
    return std::exchange(hash_, Sha256{}).finish();
  }

 private:
  void flush() {
    hash_.update(text_);
    text_.clear();
  }

  Sha256 hash_;
  std::string text_;
};

std::int64_t window_of(std::int64_t ms, std::int64_t size) { return ms / size - (ms % size < 0 ? 1 : 0); }

class StreamRecorder {
 public:
  StreamRecorder(Workspace& workspace, const StreamRequest& request)
      : workspace_{workspace}, request_{request}, policy_{gate_policy(workspace)} {
    const auto view = workspace_.read();
    version_ = load(*view, resolve_explicit(*view, request_.reference));
    outcome_.version = version_.id;
    warn_of_clock(workspace_, *view, version_.id);
    features_ = feature_rules(policy_.policy, version_.id.model);
  }

  StreamOutcome record() {
    held_ = hold_reference(workspace_, version_, monitor_rules(policy_.policy, version_.id.model),
                           request_.held_against, request_.dry_run);
    counter_.emplace(held_.frozen);
    try {
      read_all();
    } catch (Error& error) {
      tell_what_stays(error);
      throw;
    }
    return std::move(outcome_);
  }

 private:
  void read_all() {
    formats::TableOptions options{.name = "stdin"};
    if (request_.format) options.format = formats::table_format_named(*request_.format);
    if (request_.format && !options.format) {
      throw Error{ErrorKind::usage, fmt::format("`--format {}` is not known", printable(*request_.format))};
    }
    if (request_.format == "tsv") options.delimiter = '\t';
    if (request_.delimiter) options.delimiter = *request_.delimiter == "tab" ? '\t' : request_.delimiter->front();
    formats::TableStream stream{
        options, [this](const formats::Columns& names, const formats::RowBatch& batch) { take(names, batch); }};
    std::vector<char> piece(piece_size);
    while (!workspace_.context().interrupted()) {
      const auto count = request_.read(piece, wait_ms);
      if (!count) {
        close_by_clock();
        continue;
      }
      if (*count == 0) {
        outcome_.is_cut_off = !stream.finish();
        if (counter_->rows() > 0) close();
        return;
      }
      stream.feed({piece.data(), *count});
    }
    outcome_.was_interrupted = true;
    outcome_.lost = counter_->rows();
  }

  void take(const formats::Columns& names, const formats::RowBatch& batch) {
    names_ = names;
    if (!request_.window.ms) {
      take_by_rows(batch);
    } else if (request_.time_column) {
      take_by_time(batch);
    } else {
      close_by_clock();
      count(batch, 0, batch.rows);
    }
  }

  void take_by_rows(const formats::RowBatch& batch) {
    for (std::size_t begin = 0; begin < batch.rows;) {
      const std::uint64_t room = request_.window.rows - counter_->rows();
      const std::size_t end = begin + static_cast<std::size_t>(std::min<std::uint64_t>(room, batch.rows - begin));
      count(batch, begin, end);
      if (counter_->rows() == request_.window.rows) close();
      begin = end;
    }
  }

  // Rows that follow each other and lie in one window are counted together.
  void take_by_time(const formats::RowBatch& batch) {
    const auto found = std::ranges::find(names_, *request_.time_column);
    if (found == names_.end()) {
      const auto near = near_miss(*request_.time_column, names_);
      throw Error{ErrorKind::usage,
                  fmt::format("there is no column `{}` with the time", printable(*request_.time_column)),
                  {near ? fmt::format("did you mean `{}`?", printable(*near))
                        : fmt::format("there are {}", printable(join(names_, ", ")))}};
    }
    const auto column = static_cast<std::size_t>(found - names_.begin());
    const std::int64_t size = *request_.window.ms;
    const Timestamp now = workspace_.now();
    std::size_t begin = 0;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      const auto at = time_of(batch.columns[column][row]);
      if (!at) {
        ++outcome_.untimed;
      } else if (*at > now.milliseconds + tolerated_ahead_ms) {
        ++outcome_.ahead;
      } else if (window_ && window_of(*at, size) < *window_) {
        ++outcome_.late;
      } else {
        if (window_ && window_of(*at, size) > *window_) {
          count(batch, begin, row);
          begin = row;
          if (counter_->rows() > 0) close();
        }
        window_ = window_of(*at, size);
        latest_ = std::max(latest_, *at);
      }
    }
    count(batch, begin, batch.rows);
  }

  static std::optional<std::int64_t> time_of(const formats::Cell& cell) {
    if (cell.kind == formats::CellKind::missing) return std::nullopt;
    const formats::Value value = formats::value_of(cell.text);
    if (!formats::is_temporal(value.type)) return std::nullopt;
    return static_cast<std::int64_t>(value.number);
  }

  // A window of arrivals ends by the clock; one that is turned back leaves it open.
  void close_by_clock() {
    if (!request_.window.ms || request_.time_column) return;
    const std::int64_t present = window_of(workspace_.now().milliseconds, *request_.window.ms);
    if (window_ && present > *window_ && counter_->rows() > 0) close();
    if (window_ && present < *window_ && !has_told_of_clock_) {
      workspace_.context().warn("the clock was turned back: the open window stays open until it is reached again");
      has_told_of_clock_ = true;
    }
    window_ = std::max(window_.value_or(present), present);
  }

  void count(const formats::RowBatch& batch, std::size_t begin, std::size_t end) {
    if (begin == end) return;
    counter_->take(names_, batch, begin, end);
    digest_.add(names_, batch, begin, end);
  }

  void close() {
    const BatchCounts counts = counter_->counts(names_);
    domain::Batch batch;
    batch.version = version_.id;
    batch.source = "stdin";
    batch.content = digest_.take();
    batch.rows = counts.rows;
    batch.at = Timestamp{
        std::min(latest_ == no_time ? workspace_.now().milliseconds : latest_, workspace_.now().milliseconds)};
    batch.figures = input_figures(held_.frozen, counts, features_, drift_of_inputs(held_.frozen, counts, features_));
    counter_.emplace(held_.frozen);
    latest_ = no_time;
    const RecordedBatch recorded = keep(std::move(batch), counts);
    outcome_.rows += recorded.batch.rows;
    ++(recorded.is_new ? outcome_.windows : outcome_.known);
    if (request_.recorded) request_.recorded(recorded);
  }

  RecordedBatch keep(domain::Batch batch, const BatchCounts& counts) {
    if (request_.dry_run) {
      batch.recorded_at = workspace_.now();
      batch.recorded_by = workspace_.origin().actor;
      if (!held_.is_kept) outcome_.kept_reference = held_.record;
      return {std::move(batch), true};
    }
    const auto transaction = workspace_.write();
    if (auto known = transaction->view().find_batch(version_.id, batch.content)) return {*std::move(known), false};
    const bool was_held = transaction->view().monitor_reference(version_.id).has_value();
    const domain::MonitorReference reference = transaction->keep_reference(held_.record);
    batch = transaction->add_batch(std::move(batch), packed(counts));
    transaction->commit();
    if (!was_held) outcome_.kept_reference = reference;
    return {std::move(batch), true};
  }

  void tell_what_stays(Error& error) const {
    error.add_hint(fmt::format("{} windows with {} rows are recorded; {} rows of the one that was open are not",
                               outcome_.windows + outcome_.known, outcome_.rows, counter_->rows()));
  }

  static constexpr std::int64_t no_time = INT64_MIN;

  Workspace& workspace_;
  const StreamRequest& request_;
  PolicySource policy_;
  domain::Version version_;
  FeatureRules features_;
  HeldReference held_;
  std::optional<BatchCounter> counter_;
  RowDigest digest_;
  formats::Columns names_;
  std::optional<std::int64_t> window_;  // of time, that is open
  std::int64_t latest_ = no_time;       // of the times in it
  bool has_told_of_clock_ = false;
  StreamOutcome outcome_;
};

}  // namespace

StreamWindow parse_window(const std::string& text) {
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789_") == std::string::npos;
  if (is_number) {
    std::string digits = text;
    std::erase(digits, '_');
    const auto rows = parse_double(digits);
    if (rows && *rows >= 1 && *rows <= 1e12) return {.rows = static_cast<std::uint64_t>(*rows), .ms = std::nullopt};
  } else if (const auto ms = parse_time_span(text); ms && *ms > 0) {
    return {.rows = 0, .ms = ms};
  }
  throw Error{ErrorKind::usage,
              fmt::format("`--window {}` is no window", printable(text)),
              {"write a number of rows (10000) or a span of time (1h)"}};
}

StreamOutcome record_stream(Workspace& workspace, const StreamRequest& request) {
  return StreamRecorder{workspace, request}.record();
}

}  // namespace mlops::app
