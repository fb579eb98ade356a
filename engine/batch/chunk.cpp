// The layout of a chunk: a checked header, then per item its lengths and its bytes.
// SPDX-License-Identifier: MIT
#include "engine/batch/chunk.hpp"

#include <cassert>
#include <cstring>

#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

// Little-endian on every machine we build for; the checksum would catch a foreign store.
struct Header {
    std::uint32_t magic = 0;
    std::uint32_t count = 0;
    std::uint64_t first_index = 0;
    std::uint64_t checksum = 0;  // XXH3-64 of all that follows the header
};
struct ItemHeader {
    std::uint64_t line = 0;
    std::uint32_t id_bytes = 0;
    std::uint32_t json_bytes = 0;
    std::uint32_t fault_bytes = 0;  // 0: no fault
    std::uint32_t reserved = 0;     // keeps the header free of padding
};
struct FaultHeader {
    std::uint64_t line = 0;
    std::uint32_t code = 0;
    std::uint32_t has_line = 0;
    std::uint32_t message_bytes = 0;
    std::uint32_t field_bytes = 0;
    std::uint32_t remedy_bytes = 0;
    std::uint32_t reserved = 0;
};
static_assert(sizeof(Header) == 24 && sizeof(ItemHeader) == 24 && sizeof(FaultHeader) == 32);

constexpr std::uint32_t magic = 0x31435341;  // "ASC1"

// A chunk takes another item while the largest one still fits under chunk_bytes_max.
constexpr std::size_t item_bytes_max =
    limits::product_bytes_max + limits::product_id_bytes_max + 64 * limits::kibibyte;
static_assert(2 * item_bytes_max < limits::chunk_bytes_max);

template <class T>
void append_raw(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Drops sizeof(T) bytes off the front of `bytes`; false if they are not there.
template <class T>
bool take_raw(std::string_view& bytes, T& value) {
    if (bytes.size() < sizeof value) return false;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return true;
}

bool take_text(std::string_view& bytes, std::size_t size, std::string_view& text) {
    if (bytes.size() < size) return false;
    text = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return true;
}

std::uint32_t narrow(std::size_t size) {
    assert(size <= limits::chunk_bytes_max);
    return static_cast<std::uint32_t>(size);
}

void append_fault(std::string& out, const Error& fault) {
    FaultHeader header;
    header.line = fault.line.value_or(0);
    header.code = static_cast<std::uint32_t>(fault.code);
    header.has_line = fault.line.has_value() ? 1 : 0;
    header.message_bytes = narrow(fault.message.size());
    header.field_bytes = narrow(fault.field.size());
    header.remedy_bytes = narrow(fault.remedy.size());
    append_raw(out, header);
    out += fault.message;
    out += fault.field;
    out += fault.remedy;
}

bool read_fault(std::string_view bytes, Error& fault) {
    FaultHeader header;
    std::string_view message, field, remedy;
    if (!take_raw(bytes, header) || header.code > static_cast<std::uint32_t>(ErrorCode::internal) ||
        !take_text(bytes, header.message_bytes, message) ||
        !take_text(bytes, header.field_bytes, field) ||
        !take_text(bytes, header.remedy_bytes, remedy) || !bytes.empty()) {
        return false;
    }
    fault.code = static_cast<ErrorCode>(header.code);
    fault.message = message;
    fault.field = field;
    fault.remedy = remedy;
    if (header.has_line != 0) fault.line = header.line;
    return true;
}

bool read_item(std::string_view& bytes, ChunkItem& item) {
    ItemHeader header;
    std::string_view fault;
    if (!take_raw(bytes, header) || !take_text(bytes, header.id_bytes, item.product_id) ||
        !take_text(bytes, header.json_bytes, item.json) ||
        !take_text(bytes, header.fault_bytes, fault)) {
        return false;
    }
    item.line = header.line;
    if (fault.empty()) {
        item.fault.reset();
        return true;
    }
    return read_fault(fault, item.fault.emplace());
}

Error damaged() {
    return fail(ErrorCode::corrupt, "the bytes of a stored chunk are damaged");
}

}  // namespace

void ChunkBuilder::append(const IntakeItem& item) {
    assert(item.json.size() <= limits::product_bytes_max);
    if (count_ == 0) {
        first_index_ = item.index;
        bytes_.assign(sizeof(Header), '\0');
    }
    assert(item.index == first_index_ + count_);
    ItemHeader header;
    header.line = item.line;
    header.id_bytes = narrow(item.product_id.size());
    header.json_bytes = narrow(item.json.size());
    const std::size_t header_at = bytes_.size();
    append_raw(bytes_, header);
    bytes_ += item.product_id;
    bytes_ += item.json;
    if (item.fault) {
        const std::size_t fault_at = bytes_.size();
        append_fault(bytes_, *item.fault);
        header.fault_bytes = narrow(bytes_.size() - fault_at);
        std::memcpy(bytes_.data() + header_at, &header, sizeof header);
    }
    ++count_;
}

bool ChunkBuilder::full() const noexcept {
    return count_ >= limits::chunk_products ||
           bytes_.size() + item_bytes_max > limits::chunk_bytes_max;
}

std::string ChunkBuilder::take() {
    if (count_ == 0) bytes_.assign(sizeof(Header), '\0');
    Header header;
    header.magic = magic;
    header.count = narrow(count_);
    header.first_index = first_index_;
    header.checksum = hash64(std::string_view(bytes_).substr(sizeof header));
    std::memcpy(bytes_.data(), &header, sizeof header);
    std::string blob = std::move(bytes_);
    bytes_.clear();
    // The next chunk of a batch is about as large; growing past that would copy it.
    bytes_.reserve(blob.size() + blob.size() / 8);
    count_ = 0;
    first_index_ = 0;
    return blob;
}

Result<void> for_each_item(std::string_view blob,
                           const std::function<void(const ChunkItem&)>& visit) {
    Header header;
    std::string_view rest = blob;
    if (!take_raw(rest, header) || header.magic != magic || header.checksum != hash64(rest)) {
        return damaged();
    }
    ChunkItem item;
    for (std::uint32_t i = 0; i < header.count; ++i) {
        item.index = header.first_index + i;
        if (!read_item(rest, item)) return damaged();
        visit(item);
    }
    if (!rest.empty()) return damaged();
    return {};
}

}  // namespace assay::engine
