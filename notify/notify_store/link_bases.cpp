// Which public URL held for which events.
// SPDX-License-Identifier: MIT
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {

Result<std::vector<LinkBase>> link_bases(engine::Connection& db) {
    engine::Statement select = db.prepare(
        "SELECT after_event, base FROM link_bases WHERE tenant_id = '' ORDER BY after_event");
    std::vector<LinkBase> bases;
    for (;;) {
        Result<bool> found = select.step();
        if (!found) return std::move(found).error();
        if (!*found) return bases;
        bases.push_back({EventSeq{select.integer(0)}, std::string(select.text(1))});
    }
}

Result<void> put_link_base(engine::Tx& tx, EventSeq after, std::string_view base) {
    const Result<std::vector<LinkBase>> known = link_bases(*tx);
    if (!known) return known.error();
    if (!known->empty() && known->back().base == base) return {};
    engine::Statement put = tx->prepare("INSERT OR REPLACE INTO link_bases VALUES ('', ?1, ?2)");
    put.bind(1, to_integer(known->empty() ? EventSeq{} : after)).bind(2, base);
    return put.run();
}

}  // namespace assay::notify::notify_store
