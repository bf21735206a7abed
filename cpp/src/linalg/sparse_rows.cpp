#include "linalg/sparse_rows.hpp"

namespace redfield::linalg {

template <class Scalar>
SparseRows<Scalar>::SparseRows(const RowMajorSparse& rows) {
    const auto add = [](Part& part, Index column, double value) {
        if (value == 0.0) return;
        part.column.push_back(static_cast<std::int32_t>(column));
        part.value.push_back(static_cast<Scalar>(value));
    };
    for (Part* part : {&re_, &im_}) part->start.push_back(0);
    for (Index r = 0; r < rows.rows(); ++r) {
        for (RowMajorSparse::InnerIterator it(rows, r); it; ++it) {
            add(re_, it.col(), it.value().real());
            add(im_, it.col(), it.value().imag());
        }
        for (Part* part : {&re_, &im_})
            part->start.push_back(static_cast<std::int32_t>(part->column.size()));
    }
}

template class SparseRows<double>;
template class SparseRows<float>;

}  // namespace redfield::linalg
