#include "hierarchy/parity.hpp"

#include "redfield/base/errors.hpp"

namespace redfield::hierarchy {

namespace {

constexpr double joined = 1e-12;
constexpr const char* advice =
    "; take a basis of occupation numbers, as of rf.operators.fermions, or give "
    "the number of fermions";

/// Signs of the states that `sign` reaches from one another, with which states an operator joins them to.
class Colouring {
  public:
    explicit Colouring(Index n) : sign_(static_cast<std::size_t>(n), 0) {}

    /// Each state's partners by an operator, with the sign that they have relative to it.
    void join(const ComplexMatrix& a, int relative) {
        const double least = joined * a.cwiseAbs().maxCoeff();
        for (Index c = 0; c < a.cols(); ++c)
            for (Index r = 0; r < a.rows(); ++r)
                if (r != c && std::abs(a(r, c)) > least) {
                    links_.push_back({r, c, relative});
                }
    }
    /// The sign of each state, the first 1. Few sweeps suffice, at most as many as states.
    std::vector<int> signs() {
        sign_[0] = 1;
        for (bool changed = true; changed;) {
            changed = false;
            for (const Link& link : links_) {
                int& one = sign_[static_cast<std::size_t>(link.row)];
                int& other = sign_[static_cast<std::size_t>(link.column)];
                if (one == 0 && other == 0) continue;
                if (one == 0 || other == 0) {
                    (one == 0 ? one : other) = link.relative * (one == 0 ? other : one);
                    changed = true;
                }
                require(one == link.relative * other,
                        "hierarchy: H and the couplings have no parity in "
                        "this basis: states ",
                        link.column, " and ", link.row,
                        " are joined by an even number of couplings and by an odd one", advice);
            }
        }
        return sign_;
    }

  private:
    struct Link {
        Index row, column;
        int relative;
    };
    std::vector<int> sign_;
    std::vector<Link> links_;
};

}  // namespace

ComplexMatrix parity_of(const ComplexMatrix& h, const std::vector<ComplexMatrix>& odd) {
    Colouring colouring(h.rows());
    colouring.join(h, 1);
    for (const ComplexMatrix& a : odd) colouring.join(a, -1);
    const std::vector<int> signs = colouring.signs();
    ComplexMatrix out = ComplexMatrix::Zero(h.rows(), h.rows());
    for (Index k = 0; k < h.rows(); ++k) {
        const int sign = signs[static_cast<std::size_t>(k)];
        require(sign != 0, "hierarchy: nothing joins state ", k,
                " to state 0, which leaves open whether it has an even number of fermions", advice);
        out(k, k) = sign;
    }
    return out;
}

}  // namespace redfield::hierarchy
