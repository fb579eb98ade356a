// Keys as rows, their check in constant time.
// SPDX-License-Identifier: MIT
#include "tools/api/key_store.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "engine/base/encoding.hpp"
#include "tools/api/request_rules.hpp"

namespace assay::tools {
namespace {

constexpr std::array<std::string_view, 4> scope_names{"submit", "read", "manage", "admin"};
constexpr std::size_t id_bytes = 16;
constexpr std::size_t secret_bytes = 32;
constexpr std::string_view id_prefix = "ak_";
constexpr std::size_t id_size = 3 + 2 * id_bytes;
constexpr std::size_t secret_size = 2 * secret_bytes;

constexpr engine::Migration steps[] = {
    {"api", 1, R"sql(
        CREATE TABLE api_keys(
            id          TEXT PRIMARY KEY,
            tenant_id   TEXT NOT NULL,
            name        TEXT NOT NULL,
            scopes      TEXT NOT NULL,    -- comma-separated
            secret_hash BLOB NOT NULL,    -- SHA-256
            created_at  INTEGER NOT NULL,
            expires_at  INTEGER,
            revoked_at  INTEGER
        ) STRICT;
    )sql"},
};

std::array<unsigned char, 32> hash_of(std::string_view secret) {
    std::array<unsigned char, 32> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), hash.data());
    return hash;
}

std::string join(const std::vector<Scope>& scopes) {
    std::string text;
    for (const Scope scope : scopes)
        text.append(text.empty() ? "" : ",").append(to_string(scope));
    return text;
}

std::vector<Scope> split(std::string_view text) {
    std::vector<Scope> scopes;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (const auto scope = parse_scope(text.substr(0, comma))) scopes.push_back(*scope);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return scopes;
}

std::string random_hex(Random& random, std::size_t size) {
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return to_hex(bytes);
}

Error refused() {
    return fail(ErrorCode::unauthorized, "the API key is missing or not valid", {},
                "send Authorization: Bearer ak_..., the key as it was shown when it was made");
}

ApiKey key_from(engine::Statement& row) {
    ApiKey key;
    key.id = KeyId(std::string(row.text(0)));
    key.tenant = TenantId(std::string(row.text(1)));
    key.name = row.text(2);
    key.scopes = split(row.text(3));
    const std::string_view hash = row.text(4);
    std::copy_n(hash.begin(), std::min(hash.size(), key.secret_hash.size()),
                reinterpret_cast<char*>(key.secret_hash.data()));
    key.created_at = from_unix_milliseconds(row.integer(5));
    if (!row.is_null(6)) key.expires_at = from_unix_milliseconds(row.integer(6));
    return key;
}

}  // namespace

std::string_view to_string(Scope scope) noexcept {
    return scope_names[static_cast<std::size_t>(scope)];
}

std::optional<Scope> parse_scope(std::string_view text) noexcept {
    for (std::size_t i = 0; i < scope_names.size(); ++i)
        if (scope_names[i] == text) return static_cast<Scope>(i);
    return std::nullopt;
}

bool ApiKey::allows(Scope scope) const noexcept {
    return std::any_of(scopes.begin(), scopes.end(),
                       [scope](Scope held) { return held == scope || held == Scope::admin; });
}

std::span<const engine::Migration> KeyStore::migrations() noexcept {
    return steps;
}

KeyStore::KeyStore(engine::Database& database, engine::Writer& writer, Clock& clock, Random& random)
    : database_(database), writer_(writer), clock_(clock), random_(random) {}

Result<void> KeyStore::load() {
    auto db = database_.read();
    if (!db) return std::move(db).error();
    auto rows = (*db)->prepare(
        "SELECT id, tenant_id, name, scopes, secret_hash, created_at, expires_at"
        " FROM api_keys WHERE revoked_at IS NULL");
    std::map<std::string, std::shared_ptr<const ApiKey>, std::less<>> keys;
    while (true) {
        const auto more = rows.step();
        if (!more) return more.error();
        if (!*more) break;
        auto key = std::make_shared<const ApiKey>(key_from(rows));
        keys.emplace(key->id.text(), std::move(key));
    }
    const std::unique_lock lock(mutex_);
    keys_ = std::move(keys);
    return {};
}

bool KeyStore::empty() const {
    const std::shared_lock lock(mutex_);
    return keys_.empty();
}

KeyStore::Created KeyStore::make(TenantId tenant, std::string name, std::vector<Scope> scopes,
                                 std::optional<TimePoint> expires_at) {
    Created created;
    ApiKey& key = created.key;
    key.id = KeyId(std::string(id_prefix) + random_hex(random_, id_bytes));
    key.tenant = std::move(tenant);
    key.name = std::move(name);
    key.scopes = std::move(scopes);
    key.created_at = clock_.now();
    key.expires_at = expires_at;
    const std::string secret = random_hex(random_, secret_bytes);
    key.secret_hash = hash_of(secret);
    created.text = key.id.text() + "." + secret;
    return created;
}

Result<void> KeyStore::add(const ApiKey& key) {
    auto written = writer_.run([&key](engine::Tx& tx) -> Result<void> {
        auto insert = tx->prepare(
            "INSERT INTO api_keys(id, tenant_id, name, scopes, secret_hash, created_at, expires_at)"
            " VALUES(?,?,?,?,?,?,?)");
        const std::string scopes = join(key.scopes);
        const std::string_view hash(reinterpret_cast<const char*>(key.secret_hash.data()),
                                    key.secret_hash.size());
        insert.bind(1, std::string_view(key.id.text()));
        insert.bind(2, std::string_view(key.tenant.text()));
        insert.bind(3, std::string_view(key.name));
        insert.bind(4, std::string_view(scopes)).bind_blob(5, hash);
        insert.bind(6, to_unix_milliseconds(key.created_at));
        if (key.expires_at)
            insert.bind(7, to_unix_milliseconds(*key.expires_at));
        else
            insert.bind_null(7);
        return insert.run();
    });
    if (!written) return written;
    const std::unique_lock lock(mutex_);
    keys_.emplace(key.id.text(), std::make_shared<const ApiKey>(key));
    return {};
}

Result<void> KeyStore::revoke(const TenantId& tenant, const KeyId& id) {
    {
        const std::shared_lock lock(mutex_);
        const auto found = keys_.find(id.text());
        if (found == keys_.end() || found->second->tenant != tenant)
            return fail(ErrorCode::not_found, "no key has this id", "id");
    }
    const TimePoint now = clock_.now();
    auto written = writer_.run([&](engine::Tx& tx) -> Result<void> {
        auto update = tx->prepare("UPDATE api_keys SET revoked_at = ? WHERE id = ?");
        update.bind(1, to_unix_milliseconds(now)).bind(2, std::string_view(id.text()));
        return update.run();
    });
    if (!written) return written;
    const std::unique_lock lock(mutex_);
    keys_.erase(id.text());
    return {};
}

std::vector<ApiKey> KeyStore::list(const TenantId& tenant) const {
    std::vector<ApiKey> keys;
    {
        const std::shared_lock lock(mutex_);
        for (const auto& [id, key] : keys_)
            if (key->tenant == tenant) keys.push_back(*key);
    }
    std::sort(keys.begin(), keys.end(), [](const ApiKey& a, const ApiKey& b) {
        return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
    });
    return keys;
}

std::vector<TenantId> KeyStore::tenants() const {
    std::set<TenantId> tenants{TenantId("default")};
    const std::shared_lock lock(mutex_);
    for (const auto& [id, key] : keys_)
        tenants.insert(key->tenant);
    return {tenants.begin(), tenants.end()};
}

Result<std::shared_ptr<const ApiKey>> KeyStore::check(const std::string* authorization) const {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization == nullptr || authorization->size() <= scheme.size() ||
        !equal_ignoring_case(std::string_view(*authorization).substr(0, scheme.size()), scheme))
        return refused();
    const std::string_view text = std::string_view(*authorization).substr(scheme.size());
    if (text.size() != id_size + 1 + secret_size || text[id_size] != '.') return refused();
    const auto hash = hash_of(text.substr(id_size + 1));
    std::shared_ptr<const ApiKey> key;
    {
        const std::shared_lock lock(mutex_);
        const auto found = keys_.find(text.substr(0, id_size));
        if (found != keys_.end()) key = found->second;
    }
    static constexpr std::array<unsigned char, 32> nothing{};
    const auto& expected = key ? key->secret_hash : nothing;
    const bool same = CRYPTO_memcmp(hash.data(), expected.data(), hash.size()) == 0;
    if (!key || !same || (key->expires_at && *key->expires_at <= clock_.now())) return refused();
    return key;
}

}  // namespace assay::tools
