# frozen_string_literal: true

module Cowlab
  # 64 bits as two halves, for PROTOCOL.md, "Checksums".
  #
  # Ruby keeps an Integer of up to 62 bits in its reference and makes an object
  # of a larger one.  To mix one number takes ten of these: garbage that the
  # same workload in C has not, and that would have its collections.  Here it
  # takes none, and little more time.
  class Word
    HALF = (1 << 32) - 1

    # The multipliers of splitmix64.  Of their upper halves, multiples of 2^32
    # are of no account: taken off, a product with 31 bits is small enough.
    FIRST_HIGH = 0xbf58476d - (1 << 32)
    FIRST_LOW = 0x1ce4e5b9
    SECOND_HIGH = 0x94d049bb - (1 << 32)
    SECOND_LOW = 0x133111eb

    def initialize(value = 0)
      set(value)
    end

    def set(value)
      @high = value >> 32 & HALF
      @low = value & HALF
      self
    end

    # Adds another one, modulo 2^64.
    def add(word)
      low = @low + word.low
      @high = (@high + word.high + (low >> 32)) & HALF
      @low = low & HALF
      self
    end

    def xor(value)
      @high ^= value >> 32 & HALF
      @low ^= value & HALF
      self
    end

    def mix
      mix_from(self)
    end

    # Becomes the mix of another one.
    def mix_from(word)
      low = word.low
      high = word.high
      low ^= high << 2 & HALF | low >> 30
      high ^= high >> 30
      product = low * FIRST_LOW
      high = (high * FIRST_LOW + (low & 0x7fffffff) * FIRST_HIGH +
              (low & 0x80000000) + (product >> 32)) & HALF
      low = product & HALF
      low ^= high << 5 & HALF | low >> 27
      high ^= high >> 27
      product = low * SECOND_LOW
      high = (high * SECOND_LOW + (low & 0x7fffffff) * SECOND_HIGH +
              (low & 0x80000000) + (product >> 32)) & HALF
      low = product & HALF
      @low = low ^ (high << 1 & HALF | low >> 31)
      @high = high ^ high >> 31
      self
    end

    # c = mix(c ^ value)
    def mix_in(value)
      xor(value).mix
    end

    # The remainder; no object is needed for a divisor below 2^31.
    def %(divisor)
      (@high % divisor * ((1 << 32) % divisor) + @low) % divisor
    end

    def to_i
      @high << 32 | @low
    end

    def to_s
      format("%08x%08x", @high, @low)
    end

    attr_reader :high, :low
    protected :high, :low
  end

  def self.mix(value)
    Word.new(value).mix.to_i
  end
end
