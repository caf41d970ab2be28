// Sending what the outbox holds. A delivery is claimed in a transaction, sent outside of any, and its end recorded in
// another one: killed in between, it is sent again, and its id tells the receiver so.
#include <algorithm>
#include <functional>
#include <thread>

#include <fmt/format.h>

#include <mlops/app/hooks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/process_mark.hpp>
#include <mlops/support/text.hpp>

#include "hook_policy.hpp"
#include "hook_sending.hpp"

namespace mlops::app {

namespace {

using domain::DeliveryState;
using domain::HookDelivery;

constexpr std::size_t at_once = 16;
constexpr std::size_t most_pending = 100'000;
// After that, nobody sends any more who has claimed it, on whatever host.
constexpr std::int64_t longest_claim = std::int64_t{10} * 60 * 1000;

struct Letter {
  HookDelivery delivery;
  domain::HookMessage message;
  domain::HookAnswer answer = {};
};

using Wanted = std::function<bool(const HookDelivery&)>;

bool is_claimed(const HookDelivery& delivery, Timestamp now) {
  if (delivery.claimed_by.empty() || process_is_gone(delivery.claimed_by)) return false;
  const std::int64_t age = now.milliseconds - delivery.tried_at.value_or(Timestamp{}).milliseconds;
  return age >= -longest_claim && age <= longest_claim;
}

// Which to send now, of those that wait.
std::vector<HookDelivery> due_deliveries(store::ReadTransaction& view, const Hooks& hooks, const Wanted& is_wanted,
                                         Timestamp now, DeliverOutcome& outcome) {
  outcome.waiting = 0;
  outcome.unknown = 0;
  std::vector<HookDelivery> due;
  for (HookDelivery& delivery : view.hook_deliveries({.state = DeliveryState::pending, .limit = most_pending})) {
    if (!is_wanted(delivery)) continue;
    if (!hooks.contains(delivery.hook)) {
      ++outcome.unknown;
    } else if (!domain::is_due(delivery, now) || is_claimed(delivery, now)) {
      ++outcome.waiting;
    } else {
      due.push_back(std::move(delivery));
    }
  }
  return due;
}

// Of several processes that try, one gets each.
std::vector<Letter> claim(Workspace& workspace, const Hooks& hooks, const Wanted& is_wanted, DeliverOutcome& outcome) {
  const Timestamp now = workspace.now();
  {
    const auto view = workspace.read();
    if (due_deliveries(*view, hooks, is_wanted, now, outcome).empty()) return {};
  }
  std::vector<Letter> letters;
  const auto transaction = workspace.write();
  for (HookDelivery& delivery : due_deliveries(transaction->view(), hooks, is_wanted, now, outcome)) {
    if (letters.size() == at_once) break;
    store::EventQuery query;
    query.after = delivery.sequence - 1;
    query.limit = 1;
    const auto events = transaction->view().events(query);
    delivery.claimed_by = process_mark();
    delivery.tried_at = now;
    transaction->update_hook_delivery(delivery);
    const domain::HookMessage message = domain::message_of(events.at(0), delivery.event, delivery.hook);
    letters.push_back({.delivery = std::move(delivery), .message = message});
  }
  transaction->commit();
  return letters;
}

void send_all(Workspace& workspace, const Hooks& hooks, std::vector<Letter>& letters) {
  std::vector<std::jthread> threads;
  for (Letter& letter : letters) {
    threads.emplace_back([&workspace, &hooks, &letter] {
      letter.answer = send_to_hook(workspace.context(), workspace.project(), hooks.at(letter.delivery.hook),
                                   domain::name_of(letter.delivery.event), letter.message);
    });
  }
}

void record_answers(Workspace& workspace, std::vector<Letter>& letters) {
  const auto transaction = workspace.write();
  for (Letter& letter : letters) {
    const auto now = transaction->view().hook_delivery(letter.delivery.id);
    if (!now || now->claimed_by != letter.delivery.claimed_by) continue;
    letter.delivery = domain::after_attempt(*now, letter.answer, workspace.now());
    transaction->update_hook_delivery(letter.delivery);
  }
  transaction->commit();
}

// Round by round, each delivery once.
DeliverOutcome deliver(Workspace& workspace, const Wanted& is_wanted, std::size_t most_rounds) {
  DeliverOutcome outcome;
  const Hooks hooks = hooks_that_count(workspace);
  std::vector<std::int64_t> tried;
  const Wanted is_next = [&](const HookDelivery& delivery) {
    return is_wanted(delivery) && std::ranges::find(tried, delivery.id) == tried.end();
  };
  for (std::size_t round = 0; round < most_rounds; ++round) {
    std::vector<Letter> letters = claim(workspace, hooks, is_next, outcome);
    if (letters.empty()) break;
    send_all(workspace, hooks, letters);
    record_answers(workspace, letters);
    for (Letter& letter : letters) {
      tried.push_back(letter.delivery.id);
      if (letter.delivery.state == DeliveryState::pending) ++outcome.waiting;
      outcome.deliveries.push_back(std::move(letter.delivery));
    }
    if (workspace.context().interrupted && workspace.context().interrupted()) break;
  }
  return outcome;
}

// Asked for again, whatever became of it.
void send_again(store::WriteTransaction& transaction, HookDelivery delivery, Timestamp now) {
  delivery.state = DeliveryState::pending;
  delivery.since = now;
  delivery.next_try = now;
  transaction.update_hook_delivery(delivery);
}

std::vector<HookDelivery> meant_by(store::ReadTransaction& view, const RedeliverRequest& request, Timestamp now) {
  std::vector<HookDelivery> meant;
  if (request.delivery) {
    auto delivery = view.hook_delivery(*request.delivery);
    if (!delivery) {
      throw Error{ErrorKind::not_found,
                  fmt::format("there is no delivery {} in the registry", *request.delivery),
                  {"`mlops hook log` lists them"}};
    }
    if (is_claimed(*delivery, now)) {
      throw Error{ErrorKind::unavailable,
                  fmt::format("delivery {} is being sent by another process", delivery->id),
                  {"`mlops hook log` tells what became of it"}};
    }
    meant.push_back(*std::move(delivery));
  }
  if (!request.failed) return meant;
  for (const auto state : {DeliveryState::given_up, DeliveryState::pending}) {
    for (HookDelivery& delivery : view.hook_deliveries({.state = state, .limit = most_pending})) {
      if (delivery.attempts > 0 && !is_claimed(delivery, now)) meant.push_back(std::move(delivery));
    }
  }
  return meant;
}

void warn_of_failures(const Context& context, const DeliverOutcome& outcome) {
  for (const HookDelivery& delivery : outcome.deliveries) {
    if (delivery.state == DeliveryState::delivered) continue;
    const std::string next =
        delivery.next_try ? fmt::format("tried again by `mlops hook deliver` from {}", rfc3339(*delivery.next_try))
                          : std::string{"given up"};
    context.warn(fmt::format("hook {} was not told of `{}`: {} ({})", delivery.hook, domain::name_of(delivery.event),
                             delivery.error, next));
  }
}

}  // namespace

bool DeliverOutcome::all_arrived() const {
  return std::ranges::all_of(deliveries,
                             [](const HookDelivery& delivery) { return delivery.state == DeliveryState::delivered; });
}

DeliverOutcome deliver_hooks(Workspace& workspace, bool dry_run) {
  const Wanted all = [](const HookDelivery&) { return true; };
  if (!dry_run) return deliver(workspace, all, most_pending);
  DeliverOutcome outcome;
  const auto view = workspace.read();
  outcome.deliveries = due_deliveries(*view, hooks_that_count(workspace), all, workspace.now(), outcome);
  return outcome;
}

DeliverOutcome redeliver_hooks(Workspace& workspace, const RedeliverRequest& request) {
  if (request.dry_run) {
    DeliverOutcome outcome;
    outcome.deliveries = meant_by(*workspace.read(), request, workspace.now());
    return outcome;
  }
  std::vector<std::int64_t> ids;
  {
    const auto transaction = workspace.write();
    for (HookDelivery& delivery : meant_by(transaction->view(), request, workspace.now())) {
      ids.push_back(delivery.id);
      send_again(*transaction, std::move(delivery), workspace.now());
    }
    transaction->commit();
  }
  return deliver(
      workspace, [&](const HookDelivery& delivery) { return std::ranges::find(ids, delivery.id) != ids.end(); },
      most_pending);
}

void tell_hooks(const Context& context) {
  try {
    if (context.interrupted && context.interrupted()) return;
    // A registry that somebody else is writing to is no reason to keep a person waiting.
    Context patient_for_seconds = context;
    patient_for_seconds.settings.set("busy_timeout", "2", "telling hooks");
    Workspace workspace{patient_for_seconds, Access::write};
    const auto is_untried = [](const HookDelivery& delivery) { return delivery.attempts == 0; };
    warn_of_failures(context, deliver(workspace, is_untried, 1));
  } catch (const Error& error) {
    context.warn(fmt::format("hooks are not told yet: {}; `mlops hook deliver` does", error.message()));
  } catch (const std::exception& error) {
    context.warn(fmt::format("hooks are not told yet: {}; `mlops hook deliver` does", error.what()));
  }
}

}  // namespace mlops::app
