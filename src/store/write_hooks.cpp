#include <fmt/format.h>

#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>

namespace mlops::store {

void WriteTransaction::owe(const domain::Event& event) {
  const auto kind = domain::hook_event_of(event);
  if (!kind) return;
  for (const std::string& hook : hooks_of_(*kind)) {
    domain::HookDelivery delivery;
    delivery.hook = hook;
    delivery.sequence = event.sequence;
    delivery.event = *kind;
    delivery.since = now_;
    delivery.next_try = now_;
    do_insert_hook_delivery(delivery);
  }
}

void WriteTransaction::update_hook_delivery(const domain::HookDelivery& delivery) {
  if (!view().hook_delivery(delivery.id)) {
    throw Error{ErrorKind::not_found, fmt::format("there is no delivery {} in the registry", delivery.id)};
  }
  do_update_hook_delivery(delivery);
}

}  // namespace mlops::store
