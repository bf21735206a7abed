#include "hierarchy/few_tiers.hpp"

#include "hierarchy/columns.hpp"
#include "hierarchy/sizes.hpp"

namespace redfield::hierarchy {

namespace {

template <Index N>
class TiersOf final : public FewTiers {
    using C = Columns<N, double>;
    using Block = typename C::Block;
    using Square = Eigen::Array<double, N, N>;

  public:
    TiersOf(const RealVector& energies, const RealMatrix& vectors) : turned_(vectors.size() > 0) {
        frequencies_.setZero();
        for (Index l = 0; l < N; ++l)
            for (Index k = 0; k < N; ++k) frequencies_(k, l) = energies[k] - energies[l];
        if (!turned_) return;
        vectors_ = vectors.array();
        adjoint_ = vectors.transpose().array();
    }

    void divide(Complex decay, bool hermitian, bool last, double* r) const override {
        if (hermitian) {
            divide(decay.real(), r, last);
        } else {
            divide(decay, r, r + N * N, last);
        }
    }

  private:
    /// xᵀ of the eigenbasis.
    Block into(Block x) const {
        if (turned_) x = C::times(x, vectors_);
        C::transpose(x);
        return turned_ ? C::times(x, vectors_) : x;
    }
    /// x in the basis of the vectors, from xᵀ in the eigenbasis.
    Block back(Block x) const {
        if (turned_) x = C::times(x, adjoint_);
        C::transpose(x);
        return turned_ ? C::times(x, adjoint_) : x;
    }

    /// With the decay σ, xᵀ = −(σ gᵀ + ω∘g)/(σ² + ω²).
    void divide(double sigma, double* g, bool end) const {
        const Block turned = into(C::read(g, end));
        Block x = turned;
        C::transpose(x);
        const Block w = frequencies_;
        C::store(back(-(sigma * turned + w * x) / (sigma * sigma + w * w)), g);
    }

    /// With the decay s = σ + iτ and q = s² + ω², xᵀ = −q* (s (g + if)ᵀ + ω∘(g + if))/|q|².
    void divide(Complex s, double* g, double* f, bool end) const {
        const double sigma = s.real(), tau = s.imag();
        const Block g_turned = into(C::read(g, false)), f_turned = into(C::read(f, end));
        Block g_own = g_turned, f_own = f_turned;
        C::transpose(g_own);
        C::transpose(f_own);
        const Block w = frequencies_;
        const Block re = sigma * g_turned - tau * f_turned + w * g_own;
        const Block im = sigma * f_turned + tau * g_turned + w * f_own;
        const Block q_re = sigma * sigma - tau * tau + w * w;
        const double q_im = 2.0 * sigma * tau;
        const Block size = q_re * q_re + q_im * q_im;
        C::store(back(-(q_re * re + q_im * im) / size), g);
        C::store(back(-(q_re * im - q_im * re) / size), f);
    }

    bool turned_;
    Block frequencies_;  ///< E_k − E_l
    Square vectors_, adjoint_;
};

}  // namespace

std::shared_ptr<const FewTiers> FewTiers::make(const RealVector& energies, const RealMatrix& vectors) {
    return with_small_size(energies.size(), [&](auto n) -> std::shared_ptr<const FewTiers> {
        return std::make_shared<const TiersOf<decltype(n)::value>>(energies, vectors);
    });
}

}  // namespace redfield::hierarchy
