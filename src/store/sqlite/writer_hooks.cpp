#include <mlops/domain/hook.hpp>

#include "writer.hpp"

namespace mlops::store::sqlite {

void Writer::do_insert_hook_delivery(const domain::HookDelivery& delivery) {
  database_.run(
      "INSERT INTO hook_delivery(hook, sequence, event, state, attempts, answer, error, since, next_try, tried_at, "
      "claimed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      delivery.hook, delivery.sequence, domain::name_of(delivery.event), domain::name_of(delivery.state),
      delivery.attempts, delivery.answer, delivery.error, delivery.since, delivery.next_try, delivery.tried_at,
      delivery.claimed_by);
}

void Writer::do_update_hook_delivery(const domain::HookDelivery& delivery) {
  database_.run(
      "UPDATE hook_delivery SET state = ?, attempts = ?, answer = ?, error = ?, since = ?, next_try = ?, tried_at = "
      "?, "
      "claimed_by = ? WHERE id = ?",
      domain::name_of(delivery.state), delivery.attempts, delivery.answer, delivery.error, delivery.since,
      delivery.next_try, delivery.tried_at, delivery.claimed_by, delivery.id);
}

}  // namespace mlops::store::sqlite
