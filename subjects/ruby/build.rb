# frozen_string_literal: true

require "rbconfig"

module Cowlab
  # How Ruby was built, and where it is.
  module Build
    CONFIG = RbConfig::CONFIG

    # The names and values; what this build does not tell is nil.
    def self.facts
      { "executable" => File.realpath(RbConfig.ruby),
        "built" => RUBY_DESCRIPTION,
        "compiler" => CONFIG["CC_VERSION_MESSAGE"]&.lines&.first,
        "configure" => CONFIG["configure_args"],
        "cflags" => CONFIG["CFLAGS"],
        "shared-library" => CONFIG["ENABLE_SHARED"],
        "jit" => jit,
        "gc" => CONFIG["gc_name"] || "default",
        "gc-options" => GC::OPTS.join(" "),
        "gc-constants" => constants,
        "auto-compact" => yes_or_no(GC.respond_to?(:auto_compact) &&
                                    GC.auto_compact) }
    end

    def self.yes_or_no(value)
      value ? "yes" : "no"
    end

    # Those that there are, on or off.
    def self.jit
      found = %i[YJIT RJIT MJIT].select { |name| RubyVM.const_defined?(name) }
      return "none" if found.empty?

      found.map do |name|
        on = RubyVM.const_get(name).enabled?
        "#{name.downcase} #{on ? 'on' : 'off'}"
      end.join(", ")
    end

    # The sizes of pages and slots.
    def self.constants
      GC::INTERNAL_CONSTANTS.map { |name, value| "#{name}=#{value}" }.join(" ")
    end
  end
end
