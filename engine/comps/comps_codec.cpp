// A book as bytes and back: a head with counts, then one section behind the other.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <type_traits>

#include "engine/base/limits.hpp"
#include "engine/comps/comps_book.hpp"

namespace assay::engine {
namespace {

constexpr std::array<char, 8> magic = {'A', 'S', 'S', 'A', 'Y', 'C', 'B', '1'};
constexpr std::size_t currency_bytes = 3;
constexpr std::size_t keys_per_row_max = 4;

struct Head {
    std::array<char, 8> kind = magic;
    std::uint64_t row_bytes = sizeof(CompsRow);
    std::uint64_t hash = 0;
    std::uint64_t products = 0;
    std::uint64_t rows = 0, keys = 0, postings = 0;
    std::uint64_t text_bytes = 0, source_bytes = 0, currencies = 0;
};
static_assert(std::is_trivially_copyable_v<Head>);

Error damaged(const char* what) {
    return fail(ErrorCode::corrupt, std::string("the stored sold prices are damaged: ") + what, {},
                "upload them again");
}

// Collects bytes into pieces of one size.
class Pieces {
  public:
    explicit Pieces(const std::function<Result<void>(std::string_view)>& sink) : sink_(sink) {
        piece_.reserve(limits::comps_chunk_bytes);
    }
    void add(const void* data, std::size_t size) {
        std::string_view bytes(static_cast<const char*>(data), size);
        while (!bytes.empty() && !error_) {
            const std::size_t taken =
                std::min(bytes.size(), limits::comps_chunk_bytes - piece_.size());
            piece_.append(bytes.substr(0, taken));
            bytes.remove_prefix(taken);
            if (piece_.size() == limits::comps_chunk_bytes) flush();
        }
    }
    template <class T>
    void add(const std::vector<T>& values) {
        add(values.data(), values.size() * sizeof(T));
    }
    Result<void> finish() {
        if (!piece_.empty() && !error_) flush();
        if (error_) return *error_;
        return {};
    }

  private:
    void flush() {
        if (auto taken = sink_(piece_); !taken) error_ = taken.error();
        piece_.clear();
    }

    const std::function<Result<void>(std::string_view)>& sink_;
    std::string piece_;
    std::optional<Error> error_;
};

bool sizes_fit(const Head& head) {
    return head.row_bytes == sizeof(CompsRow) && head.rows > 0 &&
           head.rows <= limits::comps_rows_max && head.keys > 0 && head.keys <= head.postings &&
           head.postings >= head.rows && head.postings <= head.rows * keys_per_row_max &&
           head.text_bytes > 0 && head.text_bytes <= limits::comps_texts_bytes_max &&
           head.source_bytes > 0 &&
           head.source_bytes <= limits::comps_sources_max * (limits::comps_source_bytes_max + 1) &&
           head.currencies > 0 && head.currencies <= 256 && head.products > 0 &&
           head.products <= head.rows;
}

}  // namespace

Result<void> encode_book(const CompsBook& book,
                         const std::function<Result<void>(std::string_view)>& sink) {
    const CompsTable& table = book.table();
    std::string sources, currencies;
    for (const std::string& source : table.sources) {
        assert(source.size() <= limits::comps_source_bytes_max);
        sources += static_cast<char>(source.size());
        sources += source;
    }
    for (const Currency& currency : table.currencies)
        currencies += currency.code();
    Head head;
    head.hash = book.hash();
    head.products = table.products;
    head.rows = table.rows.size();
    head.keys = table.keys.size();
    head.postings = table.postings.size();
    head.text_bytes = table.texts.size();
    head.source_bytes = sources.size();
    head.currencies = table.currencies.size();
    Pieces pieces(sink);
    pieces.add(&head, sizeof head);
    pieces.add(table.rows);
    pieces.add(table.keys);
    pieces.add(table.begins);
    pieces.add(table.postings);
    pieces.add(table.texts.data(), table.texts.size());
    pieces.add(sources.data(), sources.size());
    pieces.add(currencies.data(), currencies.size());
    return pieces.finish();
}

struct CompsDecoder::Body {
    Head head;
    CompsTable table;
    std::string sources, currencies;
    std::size_t section = 0;  // 0: the head
    std::size_t filled = 0;   // bytes of it
    bool failed = false;

    // Where the bytes of the current section go.
    std::pair<char*, std::size_t> target() {
        const auto of = [](auto& values) {
            return std::pair{reinterpret_cast<char*>(values.data()),
                             values.size() * sizeof(values[0])};
        };
        switch (section) {
            case 0:
                return {reinterpret_cast<char*>(&head), sizeof head};
            case 1:
                return of(table.rows);
            case 2:
                return of(table.keys);
            case 3:
                return of(table.begins);
            case 4:
                return of(table.postings);
            case 5:
                return of(table.texts);
            case 6:
                return of(sources);
            case 7:
                return of(currencies);
            default:
                return {nullptr, 0};
        }
    }

    bool make_room() {
        if (head.kind != magic || !sizes_fit(head)) return false;
        table.rows.resize(head.rows);
        table.keys.resize(head.keys);
        table.begins.resize(head.keys + 1);
        table.postings.resize(head.postings);
        table.texts.resize(head.text_bytes);
        sources.resize(head.source_bytes);
        currencies.resize(head.currencies * currency_bytes);
        table.products = head.products;
        return true;
    }

    bool read_names() {
        std::string_view left = sources;
        while (!left.empty()) {
            const auto length = static_cast<unsigned char>(left.front());
            if (length > limits::comps_source_bytes_max || length + 1U > left.size()) return false;
            table.sources.emplace_back(left.substr(1, length));
            left.remove_prefix(length + 1U);
        }
        for (std::size_t at = 0; at < currencies.size(); at += currency_bytes) {
            const auto currency =
                Currency::parse(std::string_view(currencies).substr(at, currency_bytes));
            if (!currency) return false;
            table.currencies.push_back(*currency);
        }
        return table.sources.size() <= limits::comps_sources_max;
    }

    bool row_fits(const CompsRow& row) const {
        if (row.price <= 0 || row.quantity == 0 || row.match > CompsRow::match_full) return false;
        if (row.source >= table.sources.size() || row.currency >= table.currencies.size() ||
            row.condition >= condition_count || (row.flags & ~CompsRow::flags_known) != 0)
            return false;
        if (((row.flags & CompsRow::titled) != 0) != (row.title_lot != 0)) return false;
        if (row.id_at == 0) return true;
        if (row.id_at >= table.texts.size()) return false;
        const auto length = static_cast<unsigned char>(table.texts[row.id_at]);
        return length > 0 && row.id_at + 1U + length <= table.texts.size();
    }

    bool index_fits() const {
        if (table.begins.front() != 0 || table.begins.back() != table.postings.size()) return false;
        for (std::size_t key = 0; key < table.keys.size(); ++key) {
            if (key > 0 && table.keys[key] <= table.keys[key - 1]) return false;
            if (table.begins[key] >= table.begins[key + 1]) return false;
            for (std::uint32_t at = table.begins[key]; at < table.begins[key + 1]; ++at) {
                if (at >= table.postings.size()) return false;
                const std::uint32_t row = table.postings[at];
                if (row >= table.rows.size()) return false;
                if (at == table.begins[key]) continue;
                const std::uint32_t before = table.postings[at - 1];
                if (!is_newer(table.rows[before].sold_at, before, table.rows[row].sold_at, row))
                    return false;
            }
        }
        return true;
    }
};

CompsDecoder::CompsDecoder() : body_(std::make_unique<Body>()) {}
CompsDecoder::~CompsDecoder() = default;

Result<void> CompsDecoder::feed(std::string_view bytes) {
    constexpr std::size_t sections = 8;
    Body& body = *body_;
    while (!bytes.empty() && !body.failed) {
        if (body.section == sections) {
            body.failed = true;
            return damaged("something stands behind their end");
        }
        const auto [to, size] = body.target();
        const std::size_t taken = std::min(bytes.size(), size - body.filled);
        std::memcpy(to + body.filled, bytes.data(), taken);
        bytes.remove_prefix(taken);
        body.filled += taken;
        if (body.filled < size) return {};
        if (body.section == 0 && !body.make_room()) {
            body.failed = true;
            return damaged("their head says what cannot be");
        }
        ++body.section;
        body.filled = 0;
    }
    if (body.failed) return damaged("nothing more can be read");
    return {};
}

Result<std::shared_ptr<const CompsBook>> CompsDecoder::finish() {
    Body& body = *body_;
    if (body.failed || body.section != 8) return damaged("they are cut short");
    const bool whole = body.read_names() && body.index_fits() &&
                       std::all_of(body.table.rows.begin(), body.table.rows.end(),
                                   [&](const CompsRow& row) { return body.row_fits(row); });
    if (!whole) return damaged("a place in them does not exist");
    auto book = std::make_shared<const CompsBook>(std::move(body.table));
    if (book->hash() != body.head.hash) return damaged("their checksum differs");
    return book;
}

}  // namespace assay::engine
