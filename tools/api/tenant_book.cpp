// Tenants in the store, and what of them is kept in memory.
// SPDX-License-Identifier: MIT
#include "tools/api/tenant_book.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace assay::tools {

namespace store = engine::batch_store;

bool is_allowed(std::string_view address, const std::vector<notify::Cidr>& allowed) noexcept {
    if (allowed.empty()) return true;
    const auto parsed = notify::parse_address(address);
    return parsed && std::any_of(allowed.begin(), allowed.end(),
                                 [&](const notify::Cidr& cidr) { return cidr.contains(*parsed); });
}

Result<std::vector<notify::Cidr>> parse_allowed(const std::vector<std::string>& texts) {
    std::vector<notify::Cidr> allowed;
    for (const std::string& text : texts) {
        auto cidr = notify::parse_cidr(text);
        if (!cidr) {
            cidr.error().field = "allowed_ips";
            return std::move(cidr).error();
        }
        allowed.push_back(*cidr);
    }
    return allowed;
}

TenantBook::TenantBook(engine::Database& database, engine::Writer& writer)
    : database_(database), writer_(writer) {}

Result<void> TenantBook::load() {
    const auto all = list();
    if (!all) return all.error();
    for (const Tenant& tenant : *all) {
        auto allowed = parse_allowed(tenant.allowed_ips);
        if (!allowed) return std::move(allowed).error();
        keep(tenant, *std::move(allowed));
    }
    return {};
}

void TenantBook::keep(const Tenant& tenant, std::vector<notify::Cidr> allowed) {
    const std::unique_lock lock(mutex_);
    entries_.insert_or_assign(tenant.id, Entry{tenant.disabled_at.has_value(), std::move(allowed)});
}

Result<void> TenantBook::admit(const TenantId& tenant, std::string_view address) const {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(tenant);
    if (found == entries_.end() || found->second.disabled)
        return fail(ErrorCode::forbidden, "the account is disabled", {},
                    "ask whoever runs this server");
    if (!is_allowed(address, found->second.allowed))
        return fail(ErrorCode::forbidden,
                    "the account's allowed_ips do not have the address " + std::string(address), {},
                    "call from one of them, or have this one added");
    return {};
}

Result<Tenant> TenantBook::find(const TenantId& id) const {
    auto db = database_.read();
    if (!db) return std::move(db).error();
    auto tenant = store::find_tenant(**db, id);
    if (!tenant) return std::move(tenant).error();
    if (!*tenant) return fail(ErrorCode::not_found, "there is no tenant with this id", "id");
    return **std::move(tenant);
}

Result<std::vector<Tenant>> TenantBook::list() const {
    auto db = database_.read();
    if (!db) return std::move(db).error();
    return store::all_tenants(**db);
}

Result<Tenant> TenantBook::create(Tenant tenant) {
    auto allowed = parse_allowed(tenant.allowed_ips);
    if (!allowed) return std::move(allowed).error();
    const std::lock_guard one_at_a_time(changing_);
    const auto stored =
        writer_.run([&](engine::Tx& tx) { return store::insert_tenant(tx, tenant); });
    if (!stored) return stored.error();
    keep(tenant, *std::move(allowed));
    return tenant;
}

Result<Tenant> TenantBook::change(const TenantId& id,
                                  const std::function<Result<void>(Tenant&)>& change) {
    const std::lock_guard one_at_a_time(changing_);
    Tenant changed;
    std::vector<notify::Cidr> allowed;
    const auto stored = writer_.run([&](engine::Tx& tx) -> Result<void> {
        auto tenant = store::find_tenant(*tx, id);
        if (!tenant) return tenant.error();
        if (!*tenant) return fail(ErrorCode::not_found, "there is no tenant with this id", "id");
        changed = **std::move(tenant);
        if (auto done = change(changed); !done) return done;
        auto parsed = parse_allowed(changed.allowed_ips);
        if (!parsed) return std::move(parsed).error();
        allowed = *std::move(parsed);
        return store::update_tenant(tx, changed);
    });
    if (!stored) return stored.error();
    keep(changed, std::move(allowed));
    return changed;
}

}  // namespace assay::tools
