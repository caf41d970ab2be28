#include <fmt/core.h>

#include <mlops/app/hooks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "hook_text.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

Cell state_cell(domain::DeliveryState state) {
  switch (state) {
    case domain::DeliveryState::delivered:
      return {"delivered", Tone::good};
    case domain::DeliveryState::given_up:
      return {"given up", Tone::bad};
    case domain::DeliveryState::pending:
      return {"pending", Tone::warning};
  }
  return "";
}

ExitCode print_outcome(const Session& session, const app::DeliverOutcome& outcome) {
  const bool dry_run = session.dry_run();
  if (session.json()) {
    session.print_json(Json::object({{"deliveries", json_array(outcome.deliveries)},
                                     {"waiting", outcome.waiting},
                                     {"unknown", outcome.unknown},
                                     {"dry_run", dry_run}}));
  } else if (session.quiet()) {
    for (const auto& delivery : outcome.deliveries) session.print_line(std::to_string(delivery.id));
  } else {
    if (!outcome.deliveries.empty()) session.print(deliveries_text(session, outcome.deliveries));
    if (outcome.deliveries.empty()) session.print_line(dry_run ? "nothing would be sent" : "nothing to send");
    if (outcome.waiting > 0)
      session.print_line(fmt::format("{} for a later try", count_text(outcome.waiting, "delivery")));
    if (outcome.unknown > 0) {
      session.context().warn(
          fmt::format("{} for hooks that this mlops.toml doesn't have", count_text(outcome.unknown, "delivery")));
    }
  }
  return dry_run || outcome.all_arrived() ? ExitCode::done : ExitCode::failed;
}

class HookDeliver final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops hook deliver", "sends what is due"}, {"mlops hook deliver -n", "what is due?"}},
        "What did not arrive is tried again after 30 seconds, a minute, two … up to four hours, by this command and "
        "by `mlops tick`, and given up after a day. Exits 1 when something did not arrive."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    return print_outcome(session, app::deliver_hooks(workspace, session.dry_run()));
  }
};

class HookRedeliver final : public Command {
 public:
  Help help() const override {
    return {{{"mlops hook redeliver 12", "sends delivery 12 again"},
             {"mlops hook redeliver --failed", "all that failed, given up or not"}},
            "The id of an event stays the same, so that receivers know what they have already."};
  }

  void declare(Args& args) override {
    args.optional_positional("DELIVERY", delivery_, "its number, as `mlops hook log` shows it");
    args.flag({"--failed"}, failed_, "all that did not arrive");
  }

  ExitCode run(const Session& session) override {
    if (delivery_.has_value() == failed_) {
      throw Error{ErrorKind::usage,
                  failed_ ? "`DELIVERY` and `--failed` exclude each other" : "missing `DELIVERY`",
                  {"`mlops hook log` lists deliveries; `--failed` means all that did not arrive"}};
    }
    app::RedeliverRequest request{.delivery = {}, .failed = failed_, .dry_run = session.dry_run()};
    if (delivery_) {
      request.delivery = parse_integer(*delivery_);
      if (!request.delivery)
        throw Error{ErrorKind::usage, fmt::format("`{}` is no number of a delivery", printable(*delivery_))};
    }
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    return print_outcome(session, app::redeliver_hooks(workspace, request));
  }

 private:
  std::optional<std::string> delivery_;
  bool failed_ = false;
};

}  // namespace

std::string deliveries_text(const Session& session, const std::vector<domain::HookDelivery>& deliveries) {
  Table table{{"DELIVERY", "HOOK", "EVENT", "STATE", "TRIES", "ANSWER", "NEXT", "ERROR"}};
  table.soft({"ERROR"});
  for (const domain::HookDelivery& delivery : deliveries) {
    table.add({{std::to_string(delivery.id), Tone::bold},
               {printable(delivery.hook)},
               {fmt::format("{} ({})", domain::name_of(delivery.event), delivery.sequence)},
               state_cell(delivery.state),
               {std::to_string(delivery.attempts)},
               {delivery.answer ? std::to_string(*delivery.answer) : std::string{}},
               {delivery.next_try ? session.when(*delivery.next_try) : std::string{}},
               {printable(delivery.error)}});
  }
  return table.empty() ? std::string{} : table.text(session.style(), session.columns());
}

std::unique_ptr<Command> make_hook_deliver() { return std::make_unique<HookDeliver>(); }
std::unique_ptr<Command> make_hook_redeliver() { return std::make_unique<HookRedeliver>(); }

}  // namespace mlops::cli
